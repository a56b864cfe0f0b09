import { STREAMS, type Stream } from '../../lambda/contract.ts';
import type { Ports, Range } from '../../lambda/forwarder/core/ports.ts';
import { runStreams } from '../../lambda/forwarder/core/runs/stream.ts';
import { noListKnowledge } from '../../lambda/forwarder/core/slices/completeness.ts';
import type { StreamSettings } from '../../lambda/forwarder/core/slices/stream-context.ts';
import { DAY_SECONDS } from '../../lambda/limits.ts';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { Machine } from '../simulation/backfill-year/machine.ts';
import { MemoryStore } from '../simulation/memory-store.ts';
import { type Random, seededRandom } from '../simulation/random.ts';
import { messageOf } from '../simulation/record-changes.ts';
import { VirtualTime } from '../simulation/virtual-time.ts';
import { alertRecord, auditRecord } from '../support/core-records.ts';
import { STREAM_SETTINGS } from '../support/stream-settings.ts';
import { secondOfDay } from './arrivals.ts';

/** How long a record takes from the moment when Valence first shows it until Datadog accepts it, over a day of virtual time. */

/**
 * The model of arrivals. Events happen as on an ordinary day. Valence shows most records after seconds, some after a minute: an exponential distribution, cut off where a record would be
 * late. Calls take the latencies of the throughput measurement; EventBridge starts an invocation a few seconds after its time.
 */
const MODEL = {
  eventsPerDay: { 'audit-logs': 1667, alerts: 67 } satisfies Record<Stream, number>,
  meanDelaySeconds: 8,
  longestDelaySeconds: 100,
  longestStartDelaySeconds: 5,
  /** Secrets, connections and, now and then, a cold start. */
  startMs: 800,
  tableMs: 10,
} as const;

const START = 1_767_139_200;
const TIMEOUT_MS = 30_000;

interface Event {
  record: JsonObject;
  time: number;
  /** Epoch milliseconds. */
  shownAt: number;
}

/** Seconds from a record's first showing to its arrival. */
export interface Latency {
  intervalSeconds: number;
  records: number;
  median: number;
  percentile99: number;
  longest: number;
}

/**
 * Runs the core on a schedule for a day.
 * @param intervalSeconds between two runs
 * @param latencies of source and intake, milliseconds
 * @param settings of both streams; the defaults of the deployed function when left out
 */
export async function latencyOfDay(
  intervalSeconds: number,
  latencies: { sourceLatencyMs: number; sinkLatencyMs: number },
  settings: Partial<StreamSettings> = {},
): Promise<Latency> {
  const time = new VirtualTime(START * 1000);
  const random = seededRandom(1, `latency ${intervalSeconds}`);
  const events: Record<Stream, Event[]> = {
    alerts: eventsOf('alerts', random),
    'audit-logs': eventsOf('audit-logs', random),
  };
  const world = new World(time, events, latencies);
  const runs = Math.floor((DAY_SECONDS + 2 * intervalSeconds) / intervalSeconds);
  for (let run = 0; run < runs; run++) {
    const due = START + run * intervalSeconds + random.next() * MODEL.longestStartDelaySeconds;
    time.at(due * 1000, () => world.startRun(run, random, { ...STREAM_SETTINGS, ...settings }));
  }
  await time.run();
  const waits = world.waits().sort((one, other) => one - other);
  const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(share * waits.length))] ?? 0;
  return { intervalSeconds, records: waits.length, median: at(0.5), percentile99: at(0.99), longest: at(1) };
}

function eventsOf(stream: Stream, random: Random): Event[] {
  const events: Event[] = [];
  while (events.length < MODEL.eventsPerDay[stream]) {
    const time = START + secondOfDay(random);
    const delay = -Math.log(1 - random.next()) * MODEL.meanDelaySeconds;
    const name = `${stream} ${events.length}`;
    const record =
      stream === 'alerts'
        ? alertRecord({ vuid: name, summaryLine: name, creationTimestamp: time })
        : auditRecord({ details: name, timeEpoch: time });
    events.push({
      record,
      time,
      shownAt: (time + Math.min(MODEL.longestDelaySeconds, delay)) * 1000,
    });
  }
  return events.sort((one, other) => one.time - other.time);
}

class World {
  readonly #time: VirtualTime;
  readonly #events: Record<Stream, Event[]>;
  readonly #latencies: { sourceLatencyMs: number; sinkLatencyMs: number };
  readonly #table: MemoryStore;
  readonly #arrivals = new Map<string, number>();
  readonly #lists = { alerts: noListKnowledge(), 'audit-logs': noListKnowledge() };

  constructor(
    time: VirtualTime,
    events: Record<Stream, Event[]>,
    latencies: { sourceLatencyMs: number; sinkLatencyMs: number },
  ) {
    this.#time = time;
    this.#events = events;
    this.#latencies = latencies;
    this.#table = new MemoryStore(() => Math.floor(time.now / 1000));
  }

  async startRun(run: number, random: Random, settings: StreamSettings): Promise<void> {
    const machine = new Machine(run, this.#time, () => undefined);
    await machine.clock.sleep(MODEL.startMs);
    await runStreams(
      STREAMS,
      this.#ports(machine, random),
      { alerts: settings, 'audit-logs': settings },
      { owner: `run-${run}`, deadline: deadlineIn(machine.clock, TIMEOUT_MS), remainingMs: TIMEOUT_MS },
    );
    machine.end('finished');
  }

  /** @throws {Error} when a record of the day has not arrived: then the measurement is wrong */
  waits(): number[] {
    return STREAMS.flatMap((stream) =>
      this.#events[stream].map(({ record, shownAt }) => {
        const arrivedAt = this.#arrivals.get(messageOf(record));
        if (arrivedAt === undefined) throw new Error(`${messageOf(record)} has not arrived.`);
        return (arrivedAt - shownAt) / 1000;
      }),
    );
  }

  #shown(stream: Stream, { from, to }: Range): JsonObject[] {
    return this.#events[stream]
      .filter(({ time, shownAt }) => time >= from && time < to && shownAt <= this.#time.now)
      .map(({ record }) => record);
  }

  #ports(machine: Machine, random: Random): Ports {
    const { sourceLatencyMs, sinkLatencyMs } = this.#latencies;
    const call = <T>(latencyMs: number, act: () => T): Promise<T> =>
      machine.call({ latencyMs, fate: 'ok', act, fail: () => act() });
    const ofTable = <T>(act: () => T) => call(MODEL.tableMs, act);
    const shown = (stream: Stream, range: Range) => this.#shown(stream, range);
    const table = this.#table;
    return {
      source: {
        async *pages(stream, range, { onEnd }) {
          yield { records: await call(sourceLatencyMs, () => shown(stream, range)) };
          onEnd?.('stated');
        },
        alertTypes: () => call(sourceLatencyMs, () => new Map()),
      },
      sink: {
        post: (body) =>
          call(sinkLatencyMs, () => {
            for (const log of JSON.parse(body.toString()) as JsonObject[]) {
              const name = String(log['message']);
              this.#arrivals.set(name, this.#arrivals.get(name) ?? this.#time.now);
            }
            return { outcome: 'success' as const };
          }),
      },
      store: {
        acquire: (request) => ofTable(() => table.acquire(request)),
        save: (lease, progress) => ofTable(() => table.save(lease, progress)),
        release: (lease, progress, clean) => ofTable(() => table.release(lease, progress, clean)),
        read: (stream) => ofTable(() => table.read(stream)),
        loadLedger: (stream, hour, lastHour) => ofTable(() => table.loadLedger(stream, hour, lastHour)),
        appendLedger: (stream, chunk, expiresAt) =>
          ofTable(() => table.appendLedger(stream, chunk, expiresAt)),
      },
      quarantine: { put: async () => undefined },
      telemetry: { count: () => undefined, info: () => undefined, warn: () => undefined },
      clock: machine.clock,
      random: () => random.next(),
      lists: this.#lists,
    };
  }
}
