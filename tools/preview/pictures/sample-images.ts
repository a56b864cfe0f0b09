import { DASHBOARDS } from '../../../infra/datadog/dashboards.ts';
import { resultOf, type StreamReport } from '../../../lambda/forwarder/core/runs/report.ts';
import { runSummary } from '../../../lambda/forwarder/reporting/run-summary.ts';
import type { ShownBoard } from '../api.ts';
import { inventedCountries } from '../data/countries.ts';
import { logStore } from '../data/log-store.ts';
import { type PostedLog, postedLogs } from '../data/preview-logs.ts';
import { sampleInputs } from '../data/sample-inputs.ts';
import type { FoundSignals } from '../explore/answers.ts';
import { board } from '../server/routes/board.ts';
import { signals } from '../server/routes/signals.ts';
import { boardPicture } from './board-picture.ts';
import { signalsPicture } from './signals-picture.ts';

/** The page over sample records that never change, for the docs. */

/** 2025-12-29 09:20:00 UTC. */
const NOW = 1_767_000_000;
const HOUR = 3600;
const HOURS = 12;

const RUN_INTERVAL = 300;

const records = (): PostedLog[] =>
  postedLogs(
    sampleInputs({
      seed: 20_261_201,
      range: { from: NOW - HOURS * HOUR, to: NOW },
      alerts: 240,
      auditLogs: 2400,
    }),
    undefined,
    NOW,
  );

/** A run that went well, but for what is given. */
const report = (at: number, changes: Partial<StreamReport>): StreamReport => ({
  fetched: 9,
  forwarded: 8,
  duplicates: 1,
  filtered: 0,
  quarantined: 0,
  watermark: at - 120,
  finalWatermark: at - 24 * HOUR,
  silentSince: at - 60,
  hasWorked: true,
  caughtUp: true,
  skipped: null,
  error: null,
  holes: [],
  ...changes,
});

/** The summaries of the runs: most went well, a few after a pause were late, and one quarantined records. */
function runs(): PostedLog[] {
  return Array.from({ length: (HOURS * HOUR) / RUN_INTERVAL }, (_, index) => {
    const at = NOW - HOURS * HOUR + index * RUN_INTERVAL;
    const isLate = index >= 40 && index < 44;
    const summary = runSummary(
      resultOf({
        alerts: report(at, isLate ? { watermark: at - 2 * HOUR, caughtUp: false } : {}),
        'audit-logs': report(at, index === 60 ? { quarantined: 2 } : {}),
      }),
      {
        context: { tenant: 'default', version: '1.0.0', runId: `run-${index + 1}`, tags: [] },
        now: at,
        pace: { interval: RUN_INTERVAL, settle: 120 },
      },
    );
    return { posted: JSON.parse(JSON.stringify(summary)), arrival: at };
  });
}

const SIGNALS = '10';

/** Pictures of all boards and of the page of signals, by their paths. */
export function sampleImages(): Record<string, string> {
  const logs = logStore(inventedCountries);
  logs.add([...records(), ...runs()]);
  const preview = { logs, origin: 'sample records', inventedCountries: true };
  const found = signals.answer(new URLSearchParams({ limit: SIGNALS }), preview) as FoundSignals;
  return {
    ...Object.fromEntries(
      Object.keys(DASHBOARDS).map((key) => [
        `docs/images/dashboard-${key}.svg`,
        boardPicture(board.answer(new URLSearchParams({ key }), preview) as ShownBoard),
      ]),
    ),
    'docs/images/signals.svg': signalsPicture(found),
  };
}
