import type { Template } from 'aws-cdk-lib/assertions';
import { vi } from 'vitest';
import { STREAMS } from '../../../lambda/contract.ts';
import { runTelemetry } from '../../../lambda/forwarder/aws/telemetry.ts';
import { NOTHING_DONE, resultOf, type StreamReport } from '../../../lambda/forwarder/core/runs/report.ts';
import { publishMetrics } from '../../../lambda/forwarder/reporting/result.ts';
import type { MetricAlarm } from './alarm-state.ts';
import { type MetricId, MetricStore } from './metric-store.ts';
import { type Happening, SimulatedAlarms } from './simulated-alarms.ts';
import { alarmsIn } from './template-alarms.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SETTLE = 120;

/** How a scheduled start ends. */
export type Outcome =
  /** Everything is forwarded. */
  | 'good'
  /** The secrets are empty. */
  | 'no-keys'
  /** A key was refused. */
  | 'refused-key'
  /** Valence does not answer. */
  | 'down'
  /** The same, and Datadog rejects a record of the other stream. */
  | 'down-and-quarantined'
  /** Valence refuses a range. */
  | 'hole'
  /** The same, and Valence shows nothing new. */
  | 'hole-and-silence'
  /** Valence shows nothing new. */
  | 'silence'
  /** The configuration is wrong, so that the function writes no metrics. */
  | 'crash'
  /** There is no start. */
  | 'none';

/** Outcomes of runs that do not fail. */
const FORWARDING: ReadonlySet<Outcome> = new Set(['good', 'hole', 'silence', 'hole-and-silence']);

/** A forwarder that is deployed at second 0. Times are seconds since then. */
export interface Life {
  template: Template;
  /** When runs are due. */
  starts: readonly number[];
  /** How the run ends that is due at a time. */
  outcome(at: number): Outcome;
  /** How long to look. */
  until: number;
  /** How many periods more than an alarm has CloudWatch looks at. Its documentation shows two, and promises nothing. */
  extraPeriods?: number;
  /** Seconds until CloudWatch shows a value. */
  delay?: number;
}

/** Simulated time begins at a full hour. */
const EPOCH = 1_767_225_600;

/** When runs are due with a rate. @param interval seconds @param until seconds */
export const everyInterval = (interval: number, until: number): number[] =>
  Array.from({ length: Math.ceil(until / interval) }, (_, index) => interval * (index + 0.9));

/** Each start is up to 20 seconds early or late. */
const jitter = (index: number) => ((index * 7919) % 41) - 20;

interface State {
  startPoint: number;
  watermark: number;
  /** When the newest record was shown. */
  silentSince: number;
}

/** Lines of Embedded Metric Format as metrics. */
function metricsIn(lines: readonly string[]): { id: MetricId; value: number }[] {
  return lines.flatMap((text) => {
    const line = JSON.parse(text);
    return (line._aws?.CloudWatchMetrics ?? []).flatMap(
      ({
        Namespace,
        Dimensions,
        Metrics,
      }: {
        Namespace: string;
        Dimensions: string[][];
        Metrics: { Name: string }[];
      }) =>
        Dimensions.flatMap((names) =>
          Metrics.map(({ Name }) => ({
            id: {
              namespace: Namespace,
              name: Name,
              dimensions: Object.fromEntries(names.map((name) => [name, line[name]])),
            },
            value: line[Name],
          })),
        ),
    );
  });
}

/** Keeps what the function prints, until it is disposed of. */
class Printed implements Disposable {
  #lines: string[] = [];
  readonly #write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    this.#lines.push(String(chunk));
    return true;
  });

  /** The lines since the last call. */
  take(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  [Symbol.dispose](): void {
    this.#write.mockRestore();
  }
}

class Forwarder {
  #state: State | undefined;

  /** Runs once, and prints the metrics of the run. */
  run(outcome: Outcome, startedAt: number, endedAt: number): void {
    const telemetry = runTelemetry();
    const reports = STREAMS.map(
      (stream, index) => [stream, this.#report(outcome, startedAt, index)] as const,
    );
    const isKey = outcome === 'no-keys' || outcome === 'refused-key';
    if (isKey) telemetry.count('CredentialFailures', STREAMS.length);
    const figures = { RunDuration: (endedAt - startedAt) * 1000, TimeLeft: 200_000, now: endedAt };
    publishMetrics(telemetry, 'acme', resultOf(Object.fromEntries(reports)), figures);
  }

  #report(outcome: Outcome, now: number, index: number): StreamReport {
    if (outcome === 'no-keys') return { ...this.#progress(), error: failure('secret-empty') };
    this.#state ??= { startPoint: now - 12 * HOUR, watermark: now - 12 * HOUR, silentSince: now };
    if (outcome === 'refused-key') return { ...this.#progress(), error: failure('source-refused-key') };
    if (outcome === 'down' || outcome === 'down-and-quarantined') {
      const quarantined = outcome === 'down-and-quarantined' && index === 1 ? 1 : 0;
      return { ...this.#progress(), quarantined, error: failure('source-unreachable') };
    }
    this.#state.watermark = now - SETTLE;
    const isSilent = outcome === 'silence' || outcome === 'hole-and-silence';
    if (!isSilent) this.#state.silentSince = now - SETTLE;
    const isRefused = outcome === 'hole' || outcome === 'hole-and-silence';
    const holes = { from: now - HOUR, to: now - HOUR + 60, status: 500, since: now - HOUR, doubt: false };
    return { ...this.#progress(), caughtUp: true, holes: isRefused ? [holes] : [] };
  }

  #progress(): StreamReport {
    const state = this.#state;
    if (!state) return { ...NOTHING_DONE, hasWorked: false };
    const { startPoint, watermark, silentSince } = state;
    return {
      ...NOTHING_DONE,
      watermark,
      finalWatermark: Math.max(startPoint, watermark - DAY + SETTLE),
      silentSince,
      hasWorked: watermark > startPoint,
    };
  }
}

const failure = (code: string) => ({ code, message: 'It failed.', fix: 'Repair it.' });

/** What happened in a life. */
export interface Lived {
  raised: Happening[];
  notified: Happening[];
  active(): string[];
}

/** Simulates a deployment and its alarms. Times of what happened are seconds since the deployment. */
export function live(given: Life): Lived {
  const { template, starts, outcome, until, extraPeriods = 2, delay = MINUTE } = given;
  const store = new MetricStore(delay);
  const alarms = alarmsIn(template, (name) => name.replace(/^Watched-/, ''));
  const simulated = new SimulatedAlarms(alarms, store, extraPeriods);
  const of = (name: string): MetricId =>
    (alarms.metricAlarms.find((alarm) => alarm.name === name) as MetricAlarm).metric;
  const forwarder = new Forwarder();
  using printed = new Printed();
  let next = 0;
  for (let minute = 1; minute * MINUTE <= until; minute++) {
    const now = minute * MINUTE;
    for (; next < starts.length && (starts[next] as number) + jitter(next) < now; next++) start(next);
    simulated.evaluate(EPOCH + now);
  }
  const since = ({ at, alarm }: Happening) => ({ at: at - EPOCH, alarm });
  return {
    raised: simulated.raised.map(since),
    notified: simulated.notified.map(since),
    active: () => simulated.active(),
  };

  function start(index: number): void {
    const due = starts[index] as number;
    const at = EPOCH + due + jitter(index);
    const how = outcome(due);
    if (how === 'none') return;
    const isFailed = !FORWARDING.has(how);
    const end = at + (index % 3) + 2;
    store.put(of('not-running'), at, 1);
    store.put(of('errors'), at, isFailed ? 1 : 0);
    store.put(of('duration'), at, (end - at) * 1000);
    store.put(of('throttles'), at, 0);
    store.put(of('table-writes'), at, 4);
    if (how !== 'crash') {
      forwarder.run(how, at, end);
      for (const { id, value } of metricsIn(printed.take())) store.put(id, end, value);
    }
    // A queue reports its messages, and zeros for as long as it counts as in use.
    if (isFailed) store.put(of('failed-events'), end, 1);
  }
}
