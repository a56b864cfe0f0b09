import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = 'docs/decisions';
const INDEX = 'README.md';
const MAX_LINES = 60;

const names = readdirSync(FOLDER).filter((name) => name !== INDEX);
const textOf = (name: string) => readFileSync(join(FOLDER, name), 'utf8');

it('the index links to every decision record, in order', () => {
  const linked = [...textOf(INDEX).matchAll(/^\| (\d+) \| \[[^\]]+\]\(([^)]+)\)/gm)].map(
    ([, , name]) => name,
  );

  expect(linked.length).toBeGreaterThanOrEqual(6);
  expect(linked).toEqual(names.sort());
});

describe.each(names)('%s', (name) => {
  const text = textOf(name);

  it('has its number and the title of the index', () => {
    const [, number, title] = /^# (\d+)\. (.+)$/m.exec(text) ?? [];

    expect(name.startsWith(`${number?.padStart(2, '0')}-`)).toBe(true);
    expect(textOf(INDEX)).toContain(`| ${number} | [${title}](${name}) |`);
  });

  it('has the four sections, on one page', () => {
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

    expect(headings).toEqual(['Context', 'Decision', 'Consequences', 'When to reconsider']);
    expect(text.split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  });

  it('links to pages and names files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https:)([^)#]+)/g)].map(([, path = '']) => join(FOLDER, path));
    const files = [...text.matchAll(/`((?:lambda|infra|tools|test)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );

    expect([...links, ...files].filter((path) => !existsSync(path))).toEqual([]);
  });
});
