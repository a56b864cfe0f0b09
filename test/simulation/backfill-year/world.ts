import type { Stream } from '../../../lambda/contract.ts';
import type { HourLeases } from '../../../lambda/forwarder/core/backfill-ports.ts';
import { type ApiProfile, resolveApiProfile } from '../../../lambda/settings/api-profile.ts';
import { memoryHourLeases } from '../memory-hour-leases.ts';
import { MemoryStore } from '../memory-store.ts';
import { type Random, seededRandom } from '../random.ts';
import { VirtualTime } from '../virtual-time.ts';
import type { CallFate } from './machine.ts';
import { Measures } from './measures.ts';
import { Tally } from './tally.ts';
import { HOURS_OF_A_YEAR, makeYear, type Year } from './year.ts';

export const STREAM: Stream = 'audit-logs';

/** Between the end of the year and the present: the range of the live run. */
const LIVE_SECONDS = 30 * 86_400;

export interface YearSettings {
  seed: number;
  records: number;
  /** Over which the records are spread. */
  hours: number;
  /** Kills invocations, loses and refuses replies, and has Datadog refuse some records for good. */
  faults: boolean;
  sourceLatencyMs: number;
  sinkLatencyMs: number;
  tableLatencyMs: number;
  cpuMicrosPerRecord: number;
  pageSize: number;
  timeoutMs: number;
  memoryMiB: number;
  concurrency: number;
}

export const DEFAULT_SETTINGS: YearSettings = {
  seed: 1,
  records: 10_000_000,
  hours: HOURS_OF_A_YEAR,
  faults: false,
  sourceLatencyMs: 150,
  sinkLatencyMs: 80,
  tableLatencyMs: 10,
  // CPU of a record on a whole core (docs/performance.md), divided by the 0.29 cores of 512 MiB.
  cpuMicrosPerRecord: 63,
  pageSize: 1000,
  timeoutMs: 240_000,
  memoryMiB: 512,
  concurrency: 4,
};

export type CallKind = 'source' | 'sink' | 'table' | 'quarantine';

/** Rates of faults among calls. */
const FAULT_RATE: Record<CallKind, number> = { source: 0.02, sink: 0.02, table: 0.002, quarantine: 0.02 };
const CRASH_RATE = 0.001;

/** Everything around the function, for one year. */
export class YearWorld {
  readonly settings: YearSettings;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly year: Year;
  readonly tally: Tally;
  readonly measures = new Measures();
  readonly table = new MemoryStore();
  readonly hourLeases: HourLeases = memoryHourLeases();
  readonly profile: ApiProfile;

  constructor(settings: YearSettings) {
    const { seed, records, hours, faults, pageSize } = settings;
    this.settings = settings;
    this.year = makeYear({ seed, records, hours, rejected: faults });
    this.tally = new Tally(this.year);
    this.random = seededRandom(seed, 'backfill of a year');
    this.profile = resolveApiProfile({ auditLogs: { pageSize } });
    this.time = new VirtualTime((this.year.to + LIVE_SECONDS) * 1000);
    this.#leaveLiveState();
  }

  /** The live run has served the stream: everything from the end of the year on belongs to it. */
  #leaveLiveState(): void {
    const now = this.time.now / 1000;
    const request = { stream: STREAM, owner: 'live', now, leaseUntil: now, start: this.year.to, slice: 3600 };
    const answer = this.table.acquire(request);
    if (!answer.held) this.table.release(answer.lease, { ...answer.state, watermark: now - 120 }, true);
  }

  /** Draws the outcome of a call. */
  readonly fate = (kind: CallKind): CallFate => {
    const { random, settings } = this;
    if (!settings.faults) return 'ok';
    if (random.chance(CRASH_RATE)) return random.pick(['crash before', 'crash after']);
    return random.chance(FAULT_RATE[kind]) ? random.pick(['refused', 'lost']) : 'ok';
  };
}
