import { LOG_PIPELINE } from '../../../infra/datadog/pipeline.ts';
import type { TimeFrame } from '../../datadog/evaluator/results.ts';
import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { processLog } from '../../datadog/interpreter/process-log.ts';
import { type Countries, geoIpOf } from './countries.ts';
import type { LogsToCome, PostedLog } from './preview-logs.ts';
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
  /** Holds posted logs, each as it is after the pipeline; of too many the oldest are forgotten. */
  add(logs: LogsToCome): void;
  /** Puts the next added log through the pipeline. Whatever is asked for first puts the rest through. @returns whether there was one */
  readNext(): boolean;
  /** How many logs were added that are not yet read. */
  unread(): number;
}

/** More would fill the memory while a forwarder keeps running. */
const MAX_LOGS = 200_000;

/** Time frames whose logs stay known. */
const MAX_FRAMES = 6;

const DAY_MS = 86_400_000;

/** @param countries where addresses are */
export function logStore(countries: Countries): LogStore {
  let logs: readonly ProcessedLog[] = [];
  /** Added, and not yet through the pipeline. */
  const queue: { logs: Iterator<PostedLog>; left: number }[] = [];
  /** Through it since the last question. A forwarder adds one log at a time, and putting each in its place would take long. */
  let read: ProcessedLog[] = [];
  let signals: readonly ProcessedLog[] | undefined;
  let frames = new Map<string, readonly ProcessedLog[]>();

  function readNext(): boolean {
    for (let first = queue[0]; first; first = queue[0]) {
      const next = first.logs.next();
      if (!next.done) {
        const { posted, arrival } = next.value;
        first.left--;
        read.push(
          processLog([LOG_PIPELINE], posted, { now: arrival * 1000, geoIp: geoIpOf(posted, countries) }),
        );
        return true;
      }
      queue.shift();
    }
    return false;
  }

  /** All logs, those just added included. */
  function held(): readonly ProcessedLog[] {
    while (readNext());
    if (read.length === 0) return logs;
    logs = [...logs, ...read].sort((a, b) => a.timestamp - b.timestamp).slice(-MAX_LOGS);
    read = [];
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
    add(more) {
      queue.push({ logs: more[Symbol.iterator](), left: more.length });
    },
    readNext,
    unread: () => queue.reduce((sum, { left }) => sum + left, 0),
  };
}
