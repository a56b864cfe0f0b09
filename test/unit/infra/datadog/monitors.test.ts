import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alarmTiming } from '../../../../infra/constructs/monitoring/timing.ts';
import { contentItems } from '../../../../infra/datadog/content.ts';
import { forwarderMonitors, type Monitor } from '../../../../infra/datadog/monitors.ts';
import { withMonitors } from '../../../../infra/datadog/monitors-table.ts';
import { readProject, runbookOf } from '../../../../infra/project/project.ts';
import { linksIn } from '../../../../lambda/content-installer/board-link.ts';
import { MONITOR_PREFIX } from '../../../../lambda/content-installer/link-boards.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import type { ProcessedLog } from '../../../../tools/datadog/interpreter/log.ts';
import { facetsOf, facetValues, matches } from '../../../../tools/datadog/interpreter/query/match.ts';
import { monitor as monitorRules } from '../../../../tools/stand-ins/datadog/content-kinds/monitor.ts';
import {
  FAILED,
  LATE,
  QUARANTINING,
  sampleRecords,
  sampleRun,
  sampleRuns,
  VERY_LATE,
} from '../../../support/datadog/sample-logs.ts';

const INTERVAL_SECONDS = 300;
const MONITORS = forwarderMonitors({
  intervalSeconds: INTERVAL_SECONDS,
  runbookUrl: 'https://example.com/runbook',
  datadogSite: 'datadoghq.eu',
});

const QUERY =
  /^logs\("(?<search>[^"]+)"\)\.index\("\*"\)\.rollup\("count"\)(?:\.by\("tenant"\))?\.last\("(?<minutes>\d+)m"\) (?<sign>[<>]) (?<threshold>\d+)$/;

function partsOf({ query }: Monitor): { search: string; minutes: number; sign: string; threshold: number } {
  const groups = QUERY.exec(query)?.groups;
  if (!groups) throw new Error(`This is not the form of a log monitor's query: ${query}`);
  const { search = '', sign = '', minutes, threshold } = groups;
  return { search, sign, minutes: Number(minutes), threshold: Number(threshold) };
}

const isGrouped = ({ query }: Monitor) => query.includes('.by(');

/** Whether a monitor alerts for a forwarder whose logs of its window are these. */
function alerts(monitor: Monitor, logs: readonly ProcessedLog[]): boolean {
  const { search, sign, threshold } = partsOf(monitor);
  const count = logs.filter((log) => matches(search, log)).length;
  return sign === '<' ? count < threshold : count > threshold;
}

const alerting = (logs: readonly ProcessedLog[]): string[] =>
  Object.entries(MONITORS).flatMap(([key, monitor]) => (alerts(monitor, logs) ? [key] : []));

describe('a forwarder', () => {
  it.each([
    ['that does well', [sampleRun(), sampleRun()], []],
    ['that does not report', [], ['forwarder-silent', 'no-forwarder']],
    [
      'of which only a probe and its records are seen',
      [...sampleRuns().slice(-1), ...sampleRecords()],
      ['forwarder-silent', 'no-forwarder'],
    ],
    ['that is late', [sampleRun(), sampleRun(LATE)], ['forwarder-late']],
    ['that is very late', [sampleRun(VERY_LATE)], ['forwarder-late', 'forwarder-very-late']],
    ['that quarantined records', [sampleRun(QUARANTINING)], ['forwarder-quarantine']],
    ['whose run failed, with nothing late yet', [sampleRun(FAILED)], []],
  ])('%s', (_, logs, expected) => {
    expect(alerting(logs)).toEqual(expected);
  });
});

const HOURS = { h: 1, d: 24 } as const;

/** Whether a monitor alerts for a forwarder that has been silent for some hours. */
function alertsAfter(monitor: Monitor, silentHours: number): boolean {
  const [, count, unit] = /^(\d+)([hd])$/.exec(monitor.options.group_retention_duration ?? '') ?? [];
  const isForgotten = isGrouped(monitor) && silentHours > Number(count) * HOURS[unit as keyof typeof HOURS];
  return !isForgotten && partsOf(monitor).minutes < silentHours * 60 && alerts(monitor, []);
}

describe('a forwarder that has stopped for good', () => {
  it.each([
    [0.5, ['forwarder-silent']],
    [2, ['forwarder-silent', 'no-forwarder']],
    [71, ['forwarder-silent', 'no-forwarder']],
    [73, ['no-forwarder']],
    [24 * 365, ['no-forwarder']],
  ])('after %d hours', (hours, expected) => {
    const keys = Object.entries(MONITORS).flatMap(([key, monitor]) =>
      alertsAfter(monitor, hours) ? [key] : [],
    );
    expect(keys).toEqual(expected);
  });
});

describe.each(Object.entries(MONITORS))('%s', (_, monitor) => {
  it('is accepted, keeps alerting, and reminds every day', () => {
    expect(monitorRules.problems(monitor as unknown as JsonObject)).toEqual([]);
    expect(monitor.options).not.toHaveProperty('timeout_h');
    expect(monitor.options).not.toHaveProperty('renotify_occurrences');
    expect(monitor.options.renotify_interval).toBe(1440);
    expect(monitor.options.group_retention_duration !== undefined).toBe(isGrouped(monitor));
  });

  it('links to the last runs and to the board, on the site of the organisation', () => {
    const addresses = [...monitor.message.matchAll(/\]\((\S+?(?: \S+?)*?)\)(?= ·|\n)/g)].map(
      ([, link]) => link,
    );
    const [runs, board] = addresses;
    expect(addresses).toHaveLength(2);
    expect(runs).toMatch(/^https:\/\/app\.datadoghq\.eu\/logs\?query=/);
    expect(runs).toContain(`query=source%3Avalence-forwarder%20service%3Aforwarder&from_ts=`);
    const [, times] = runs?.split('&from_ts=') ?? [];
    expect(decodeURIComponent(board ?? '')).toBe(
      `https://app.datadoghq.eu/dashboard/lists?q="Valence: Forwarder health"&board=forwarder-health&from_ts=${times}`,
    );
    expect(linksIn({ message: monitor.message })).toHaveLength(1);
    expect(monitor.name.startsWith(MONITOR_PREFIX)).toBe(true);
  });

  it('queries facets that run summaries have, none of which has to be a measure', () => {
    const { search } = partsOf(monitor);
    const [run] = sampleRuns();
    for (const facet of [...facetsOf(search), 'tenant']) {
      const values = facetValues(run as ProcessedLog, facet);
      expect(values.length).toBeGreaterThan(0);
      expect(values.every((value) => typeof value === 'string')).toBe(true);
    }
  });

  it('names the same threshold in its query and in its options', () => {
    expect(monitor.options.thresholds.critical).toBe(partsOf(monitor).threshold);
  });

  it('has what happened, the forwarder, and what to do', () => {
    const anchor = /#([a-z-]+)$/.exec(monitor.message)?.[1] ?? '';
    const runbook = readFileSync(new URL('../../../../docs/runbook.md', import.meta.url), 'utf8');
    expect(monitor.message.includes('{{tenant.name}}')).toBe(isGrouped(monitor));
    expect(monitor.message).toContain('https://example.com/runbook#');
    const headings = runbook.split('\n').flatMap((line) => /^### (.+)$/.exec(line)?.[1] ?? []);
    expect(headings.map((heading) => heading.toLowerCase().replaceAll(' ', '-'))).toContain(anchor);
  });
});

it('the docs show them as they are (`npm run docs` brings them up to date)', () => {
  const document = readFileSync('docs/datadog-content.md', 'utf8');
  expect(document).toBe(withMonitors(document));
  for (const [key, { name }] of Object.entries(MONITORS))
    expect(document).toContain(`| ${name} | \`${key}\` | \`@`);
});

it.each([
  ['a retention above 72 hours', { options: { group_retention_duration: '73h' } }],
  ['a timeout above a day', { options: { timeout_h: 25 } }],
  ['a window above two days', { query: 'logs("a").index("*").rollup("count").last("2881m") < 1' }],
])('Datadog refuses %s', (_, different) => {
  const body = { ...MONITORS['forwarder-silent'], ...different } as unknown as JsonObject;
  expect(monitorRules.problems(body)).toHaveLength(1);
});

it('no two monitors have the same name', () => {
  const names = Object.values(MONITORS).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

it.each([60, 300, 900, 3600, 6 * 3600])(
  'with runs every %i seconds they have the time windows of the CloudWatch alarms',
  (interval) => {
    const monitors = forwarderMonitors({
      intervalSeconds: interval,
      runbookUrl: 'runbook',
      datadogSite: 'datadoghq.com',
    });
    const seconds = Object.values(monitors).map((monitor) => partsOf(monitor).minutes * 60);
    expect(seconds).toEqual([
      alarmTiming.watchPeriod(interval),
      alarmTiming.criticalPeriod(interval),
      alarmTiming.watchPeriod(interval),
      alarmTiming.criticalPeriod(interval),
      alarmTiming.runPeriod(interval),
    ]);
  },
);

describe('what is installed', () => {
  const installed = (customisation: Parameters<typeof contentItems>[1]) =>
    Object.fromEntries(
      contentItems([{ kind: 'monitor' }], customisation).map(({ key, body }) => [
        key,
        body as unknown as Monitor,
      ]),
    );

  it('notifies the handles of its priority', () => {
    const { 'forwarder-very-late': critical, 'forwarder-late': medium } = installed({
      notify: { critical: ['@pagerduty'], medium: ['@slack-security', '@ann@example.com'] },
    });
    expect(critical?.message).toMatch(/@pagerduty$/);
    expect(medium?.message).toMatch(/@slack-security @ann@example\.com$/);
  });

  it('links to the runbook of this project or to a copy; without an address it says where the text is', () => {
    const runbook = runbookOf(readProject());
    expect(installed({})['forwarder-silent']?.message).toContain(
      runbook
        ? `Runbook: ${runbook}#not-running`
        : 'Runbook: "Not running", at the end of the forwarder’s dashboard',
    );
    const { 'forwarder-silent': silent } = installed({ runbookUrl: 'https://example.com/book' });
    expect(silent?.message).toContain('Runbook: https://example.com/book#not-running');
  });

  it('links to the site of the settings', () => {
    const { 'forwarder-silent': silent } = installed({ datadogSite: 'us5.datadoghq.com' });
    expect(silent?.message).toContain('](https://us5.datadoghq.com/logs?');
    expect(installed({})['forwarder-silent']?.message).toContain('](https://app.datadoghq.com/logs?');
  });

  it('has longer windows for forwarders that run rarely', () => {
    const { 'forwarder-silent': silent } = installed({ intervalSeconds: 3600 });
    expect(partsOf(silent as Monitor).minutes).toBe(120);
  });
});
