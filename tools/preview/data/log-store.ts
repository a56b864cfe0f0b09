import { LOG_PIPELINE } from '../../../infra/datadog/pipeline.ts';
import type { TimeFrame } from '../../datadog/evaluator/results.ts';
import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { processLog } from '../../datadog/interpreter/process-log.ts';
import { type Countries, geoIpOf } from './countries.ts';
import type { PostedLog } from './preview-logs.ts';
import { signalLogs } from './signals.ts';

/** The logs that the page shows, as Datadog holds them, in memory only. */
export interface LogStore {
  /** All of them in the order of their dates; another array once more were added. */
  all(): readonly ProcessedLog[];
  /** Those of a time frame; the same array for the same frame until more are added, so that what was found in it stays known. */
  within(frame: TimeFrame): readonly ProcessedLog[];
  /** What the detection rules raise over all logs, as Datadog holds signals, of a time frame. */
  signalsWithin(frame: TimeFrame): readonly ProcessedLog[];
  /** From the first log to just after the last one; the last day when there is none. */
  span(): TimeFrame;
  /** Puts posted logs through the pipeline and holds them; of too many the oldest are forgotten. */
  add(logs: readonly PostedLog[]): void;
}

/** More would fill the memory while a forwarder keeps running. */
const MAX_LOGS = 200_000;

/** Time frames whose logs stay known. */
const MAX_FRAMES = 6;

const DAY_MS = 86_400_000;

/** @param countries where addresses are */
export function logStore(countries: Countries): LogStore {
  let logs: readonly ProcessedLog[] = [];
  /** Added since the last question. A forwarder adds one log at a time, and putting each in its place would take long. */
  let added: PostedLog[] = [];
  let signals: readonly ProcessedLog[] | undefined;
  let frames = new Map<string, readonly ProcessedLog[]>();

  /** All logs, those just added included. */
  function held(): readonly ProcessedLog[] {
    if (added.length === 0) return logs;
    const more = added.map(({ posted, arrival }) =>
      processLog([LOG_PIPELINE], posted, { now: arrival * 1000, geoIp: geoIpOf(posted, countries) }),
    );
    added = [];
    logs = [...logs, ...more].sort((a, b) => a.timestamp - b.timestamp).slice(-MAX_LOGS);
    signals = undefined;
    frames = new Map();
    return logs;
  }

  /** @param kind distinguishes logs from signals of the same frame */
  const known = (kind: string, { from, to }: TimeFrame, of: () => readonly ProcessedLog[]) => {
    const key = `${kind} ${from} ${to}`;
    const result = frames.get(key) ?? of().filter(({ timestamp }) => timestamp >= from && timestamp < to);
    frames.delete(key);
    frames.set(key, result);
    const [oldest] = frames.keys();
    if (frames.size > MAX_FRAMES && oldest !== undefined) frames.delete(oldest);
    return result;
  };

  return {
    all: held,
    within(frame) {
      const all = held();
      return known('logs', frame, () => all);
    },
    signalsWithin(frame) {
      const all = held();
      return known('signals', frame, () => {
        signals ??= signalLogs(all);
        return signals;
      });
    },
    span() {
      const all = held();
      const [first, last] = [all[0], all.at(-1)];
      if (!first || !last) return { from: Date.now() - DAY_MS, to: Date.now() };
      return { from: first.timestamp, to: last.timestamp + 1 };
    },
    add(posted) {
      // One by one: as arguments of a single call, so many would be too many.
      for (const log of posted) added.push(log);
    },
  };
}
