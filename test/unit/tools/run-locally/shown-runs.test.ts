import { expect, it } from 'vitest';
import type { PublicResult } from '../../../../lambda/forwarder/reporting/result.ts';
import { lastRuns, shownRun } from '../../../../tools/run-locally/shown-runs.ts';

const NOW = 1_767_000_000;

const report = {
  fetched: 12,
  forwarded: 10,
  duplicates: 2,
  filtered: 0,
  quarantined: 1,
  watermark: NOW - 120,
  finalWatermark: NOW - 86_400,
  caughtUp: true,
  skipped: null,
  error: null,
  holes: [],
};
const result = (more: object = {}): PublicResult => ({
  status: 'ok',
  streams: { alerts: { ...report, ...more } },
});

it('shows the state that the last run left, and all runs with the newest first', () => {
  const shown = lastRuns([
    { name: 'first', result: result({ watermark: NOW - 9999 }), sourceTime: NOW - 60 },
    { name: 'second', result: result(), sourceTime: NOW },
  ]);
  expect(shown).toMatchObject({
    kind: 'last',
    at: NOW,
    streams: [{ stream: 'alerts', watermark: NOW - 120, lagSeconds: 120, lag: 'ok' }],
    quarantine: { total: 2 },
  });
  expect(shown.runs.map(({ name }) => name)).toEqual(['second', 'first']);
});

it('says how late a stream is, and which ranges Valence refuses', () => {
  const hole = { from: NOW - 7200, to: NOW - 3600, status: 404, since: NOW, doubt: false };
  const late = result({ watermark: NOW - 20 * 3600, holes: [hole] });
  expect(lastRuns([{ name: 'only', result: late, sourceTime: NOW }]).streams).toMatchObject([
    { lag: 'critical', holes: [{ from: NOW - 7200, to: NOW - 3600, status: 404 }] },
  ]);
});

it('names what stopped a stream, or why it was left out', () => {
  const problemOf = (more: object) => shownRun('run', result(more), NOW).streams[0]?.problem;
  expect(problemOf({})).toBeNull();
  expect(problemOf({ skipped: 'lease-held' })).toBe('lease-held');
  expect(problemOf({ error: { code: 'source-refused-key', message: 'Valence refused the key.' } })).toBe(
    'source-refused-key: Valence refused the key.',
  );
});
