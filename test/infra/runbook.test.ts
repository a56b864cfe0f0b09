import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contextSchema } from '../../infra/config.ts';
import { LOG_EVENTS } from '../../lambda/contract.ts';
import { alarmsOf, monitoredTemplate, pagesOf, textOf } from './monitored.ts';
import { forwarderTemplate } from './synthesised.ts';

const RUNBOOK = 'docs/runbook.md';
const text = readFileSync(RUNBOOK, 'utf8');

/** Names in the same spelling that are no settings of the deployment: of the API profile, of objects and of answers. */
const ELSEWHERE = [
  'alertType',
  'coveredTo',
  'fromParam',
  'httpStatus',
  'itemPath',
  'itemsPath',
  'pageSize',
  'quarantinedAt',
  'responsePayload',
  'timeUnit',
  'toParam',
];

/** The anchor that GitHub and most other readers give a heading of plain words. */
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

/** The content below each heading of a level, by heading. */
function sections(markdown: string, level: number): Record<string, string> {
  const [, ...parts] = `\n${markdown}`.split(`\n${'#'.repeat(level)} `);
  return Object.fromEntries(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end).trim()];
    }),
  );
}

const chapters = sections(text, 2);
const alarmSections = sections(chapters['Alarms'] ?? '', 3);
const anchors = text.split('\n').flatMap((line) => /^#{2,3} (.+)$/.exec(line)?.slice(1).map(anchorOf) ?? []);

it('every alarm has a section, and every section an alarm', () => {
  const template = monitoredTemplate({ runbookUrl: 'https://example.com/runbook' });
  const linked = [...Object.values(alarmsOf(template)), ...pagesOf(template)].map(
    ({ AlarmDescription }) => /example\.com\/runbook#(\S+)/.exec(textOf(AlarmDescription))?.[1],
  );
  expect([...new Set(linked)].sort()).toEqual(Object.keys(alarmSections).map(anchorOf).sort());
});

describe.each(Object.entries(alarmSections))('%s', (_, content) => {
  const parts = sections(content, 4);

  it('has description, investigation and resolution', () => {
    expect(Object.keys(parts)).toEqual(['Description', 'Investigation', 'Resolution']);
    for (const part of Object.values(parts)) expect(part).not.toBe('');
  });

  it('has commands to paste, or links to them', () => {
    expect(parts['Investigation']).toMatch(/```sh\n|\]\(#/);
  });
});

it('anchors are unique, and every link within the runbook has a target', () => {
  expect(new Set(anchors).size).toBe(anchors.length);
  const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((anchor) => !anchors.includes(anchor ?? ''))).toEqual([]);
});

it('every output that a command reads exists in the stack', () => {
  const outputs = Object.keys(forwarderTemplate().toJSON().Outputs);
  const taken = [...text.matchAll(/\boutput ([A-Z]\w+)/g)].map(([, name]) => name);
  expect(taken.length).toBeGreaterThan(0);
  expect(taken.filter((name) => !outputs.includes(name ?? ''))).toEqual([]);
});

it('every variable that a command uses is set at the top', () => {
  const set = [...text.matchAll(/\b([A-Z_]+)=/g)].map(([, name]) => name);
  const used = [...text.matchAll(/\$\{?([A-Z_]+)\b/g)].map(([, name]) => name);
  expect(used.filter((name) => !set.includes(name))).toEqual([]);
});

it('the forwarder has every log event that a command searches for', () => {
  const known: readonly string[] = LOG_EVENTS;
  const wanted = [...text.matchAll(/\$\.event = "([^"]+)"/g)].map(([, event = '']) => event);
  expect(wanted.length).toBeGreaterThan(0);
  expect(wanted.filter((event) => !known.includes(event))).toEqual([]);
  expect(text).not.toContain('$.message');
});

it('the forwarder has every error code that it names', () => {
  const source = readdirSync('lambda', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join('lambda', name), 'utf8'))
    .join('\n');
  const codes = [...text.matchAll(/`((?:source|datadog|secret|state|lease|action)-[a-z-]+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => !code.endsWith('-'));
  expect(codes.length).toBeGreaterThan(0);
  expect(codes.filter((code) => !source.includes(`'${code}'`))).toEqual([]);
});

it('every setting that it names exists', () => {
  const settings = [...text.matchAll(/`([a-z]+[A-Z]\w+)`/g)].map(([, name = '']) => name);
  const advised = settings.filter((name) => !ELSEWHERE.includes(name));
  expect(advised.length).toBeGreaterThan(0);
  expect(advised.filter((name) => !(name in contextSchema.shape))).toEqual([]);
});
