import type { Chance, Clock, Deadline } from '../../common/clock.ts';
import { AlertTypes } from './alert-types.ts';
import { type DeliveryOptions, DeliveryRecord } from './deliver.ts';
import { Ledger } from './ledger.ts';
import type { LogContext } from './log-item.ts';
import type {
  Lease,
  Progress,
  Quarantine,
  Range,
  Sink,
  Source,
  StateStore,
  Stream,
  StreamState,
  Telemetry,
} from './ports.ts';
import { RecordEncoder } from './record-encoder.ts';

/** Everything the core needs from outside. */
export interface Ports {
  source: Source;
  sink: Sink;
  store: StateStore;
  quarantine: Quarantine;
  telemetry: Telemetry;
  clock: Clock;
  chance: Chance;
}

/** What a person set for one stream. Lengths are seconds. */
export interface StreamSettings {
  initialLookbackSeconds: number;
  settleSeconds: number;
  /** How late a record may appear; 0 switches the sweep off. */
  lookbackSeconds: number;
  parallelSlices: number;
  /** Forward an alert again when it changed. */
  alertUpdates: boolean;
  /** Severities to keep; undefined keeps all. */
  alertSeverities: ReadonlySet<string> | undefined;
  /** Dotted paths that do not count as a change. */
  volatileFields: readonly string[];
  /** Whether the source takes an upper time bound. */
  boundedAbove: boolean;
  logContext: LogContext;
  /** How to replace the Datadog key, for errors. */
  datadogKeyFix: string;
}

/** Ledger entries outlive the look-back by this much, so that a long pause repeats nothing. */
const LEDGER_SLACK_SECONDS = 14 * 86_400;

/** Entries this close to their end count as gone. */
const LEDGER_MARGIN_SECONDS = 86_400;

/** One stream during one invocation, from the moment it holds the lease. */
export class StreamRun {
  readonly ports: Ports;
  readonly stream: Stream;
  readonly settings: StreamSettings;
  readonly deadline: Deadline;
  readonly lease: Lease;
  /** Trusted time at the start, epoch seconds. */
  readonly startedAt: number;
  /** End of the first run's initial range. */
  readonly initialUntil: number;
  /** What will be noted; changes as slices complete. */
  readonly progress: Progress;
  readonly delivered = new DeliveryRecord();
  readonly alertTypes: AlertTypes;
  readonly encoder: RecordEncoder;
  /** For records that any slice may meet, and several side by side: those without a usable time, or far ahead. */
  readonly strays: Ledger;
  readonly counts = { fetched: 0, duplicates: 0, filtered: 0, unknownTypes: 0, newestRecord: 0 };
  #saved: Progress;

  constructor(
    ports: Ports,
    stream: Stream,
    settings: StreamSettings,
    deadline: Deadline,
    lease: Lease,
    state: StreamState,
  ) {
    this.ports = ports;
    this.stream = stream;
    this.settings = settings;
    this.deadline = deadline;
    this.lease = lease;
    this.startedAt = this.now();
    this.initialUntil = state.initialUntil;
    this.progress = inheritDoubt(state, this.startedAt, this.ledgerLifeSeconds);
    this.#saved = { ...this.progress };
    this.alertTypes = new AlertTypes(ports.source, { deadline });
    this.encoder = new RecordEncoder(stream, settings.logContext);
    this.strays = this.openLedger();
  }

  now(): number {
    return Math.floor(this.ports.clock.wall() / 1000);
  }

  /** Whether an earlier run may have posted what it could not note. */
  get inDoubt(): boolean {
    const { watermark, freshDoubtEnd, sweepPosition, sweepDoubtEnd } = this.progress;
    return freshDoubtEnd > watermark || sweepDoubtEnd > sweepPosition;
  }

  /** For how long the ledger of a record surely stands, counted from the record's time. */
  get ledgerLifeSeconds(): number {
    return this.settings.lookbackSeconds + LEDGER_SLACK_SECONDS - LEDGER_MARGIN_SECONDS;
  }

  get deliveryOptions(): DeliveryOptions {
    const { sink, quarantine, store, telemetry, clock, chance } = this.ports;
    return {
      sink,
      quarantine,
      store,
      telemetry,
      clock,
      chance,
      deadline: this.deadline,
      lease: this.lease,
      ledgerTtlSeconds: this.settings.lookbackSeconds + LEDGER_SLACK_SECONDS,
      credentialFix: this.settings.datadogKeyFix,
    };
  }

  /** A ledger that tells of chunks it has to skip. */
  openLedger(): Ledger {
    const { store, telemetry } = this.ports;
    return new Ledger(store, this.stream, ({ hour, fence, sequence }) =>
      telemetry.warn('Skipped a ledger chunk that cannot be read; its logs may be repeated.', {
        stream: this.stream,
        hour,
        fence,
        sequence,
      }),
    );
  }

  /** Notes progress. Throws as {@link StateStore.save} does. */
  async save(): Promise<void> {
    await this.ports.store.save(this.lease, this.progress);
    this.#saved = { ...this.progress };
  }

  /**
   * Makes sure that the table says what is about to be drained, before it is: should this run be killed, the next one
   * knows what is in doubt. Costs a write only when the last note did not cover it.
   */
  async announceFresh(end: number): Promise<void> {
    if (end <= this.#saved.freshEnd) return;
    this.progress.freshEnd = end;
    await this.save();
  }

  /** The same for a slice of the sweep. */
  async announceSweep({ from, to }: Range): Promise<void> {
    this.progress.sweepPosition = from;
    if (from >= this.#saved.sweepPosition && to <= this.#saved.sweepEnd) return;
    this.progress.sweepEnd = to;
    await this.save();
  }

  /** Gives the lease back, noting what the next run will most likely drain first. */
  async release(): Promise<void> {
    const { progress, settings } = this;
    const { clean } = this.delivered;
    const nextFreshEnd = progress.watermark + progress.slice * settings.parallelSlices;
    progress.freshEnd = clean ? nextFreshEnd : Math.max(progress.freshEnd, nextFreshEnd);
    const nextSweepEnd = progress.sweepPosition + progress.sweepSlice;
    progress.sweepEnd = clean ? nextSweepEnd : Math.max(progress.sweepEnd, nextSweepEnd);
    progress.lastRecordAt = Math.max(progress.lastRecordAt, this.counts.newestRecord);
    await this.ports.store.release(this.lease, progress, clean);
  }
}

/**
 * The progress to start from. After a holder that left something in doubt, what it may have posted is what it had
 * announced: nothing dated after its start, and by the sweep nothing above the watermark.
 */
function inheritDoubt(state: StreamState, now: number, ledgerLife: number): Progress {
  const { initialUntil: _, fence: _f, owner: _o, leaseUntil: _l, lastRunAt, clean, ...progress } = state;
  const ledgerMayBeGone = lastRunAt > 0 && now - lastRunAt >= ledgerLife;
  if (clean && !ledgerMayBeGone) return progress;
  return {
    ...progress,
    freshDoubtEnd: Math.max(progress.freshDoubtEnd, Math.min(progress.freshEnd, lastRunAt)),
    sweepDoubtEnd: Math.max(progress.sweepDoubtEnd, Math.min(progress.sweepEnd, progress.watermark)),
  };
}
