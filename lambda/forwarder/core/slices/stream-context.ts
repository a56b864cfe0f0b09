import type { Stream } from '../../../contract.ts';
import { LEDGER_SURPLUS_SECONDS, ledgerTtlSeconds } from '../../../limits.ts';
import type { Clock, Deadline, Random } from '../../../shared/clock.ts';
import { type DeliveryOptions, DeliveryState } from '../delivery/delivery.ts';
import { hourOf, UNDATED_HOUR } from '../ledger/entry.ts';
import { Ledger } from '../ledger/ledger.ts';
import { type RunSecret, secretOf } from '../ledger/salt.ts';
import { RecordEncoder } from '../logs/record-encoder.ts';
import type { LogContext } from '../logs/types.ts';
import type { Lease, Quarantine, Sink, Source, StateStore, Telemetry } from '../ports.ts';
import { AlertTypes } from './alert-types.ts';
import { RecordsWithoutSlice } from './records-without-slice.ts';
import { SliceMemory } from './slice-memory.ts';

/** Everything the core needs from outside. */
export interface Ports {
  source: Source;
  sink: Sink;
  store: StateStore;
  quarantine: Quarantine;
  telemetry: Telemetry;
  clock: Clock;
  random: Random;
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
  /** How often the source's page size can be halved; 0 when it takes none. */
  pageHalvings?: number;
  logContext: LogContext;
  /** How to replace the Datadog key, for errors. */
  datadogKeyFix: string;
}

/** What a run of one stream is made of. */
export interface RunOfStream {
  ports: Ports;
  stream: Stream;
  settings: StreamSettings;
  deadline: Deadline;
  lease: Lease;
  /** When the run began, epoch seconds: before it waited for anything. */
  startedAt: number;
}

/** What draining slices of one stream takes during one invocation. It knows of no watermark, so it can move none. */
export class StreamRun {
  readonly ports: Ports;
  readonly stream: Stream;
  readonly settings: StreamSettings;
  readonly deadline: Deadline;
  readonly lease: Lease;
  /** Trusted time at the start, epoch seconds. */
  readonly startedAt: number;
  readonly deliveryState: DeliveryState;
  readonly alertTypes: AlertTypes;
  readonly encoder: RecordEncoder;
  readonly recordsWithoutSlice: RecordsWithoutSlice;
  /** What slices that are drained side by side know of the past. */
  readonly ledger: Ledger;
  readonly #secret: RunSecret;
  /** Of slices that were drained. */
  readonly #spareMemory: SliceMemory[] = [];
  /** How often the page size has been halved, because pages were too large and no slice could be shorter. */
  pageHalvings = 0;
  readonly counts = { fetched: 0, duplicates: 0, filtered: 0, unknownTypes: 0, newestRecord: 0 };

  constructor({ ports, stream, settings, deadline, lease, startedAt }: RunOfStream) {
    this.ports = ports;
    this.stream = stream;
    this.settings = settings;
    this.deadline = deadline;
    this.lease = lease;
    this.#secret = secretOf(lease.owner);
    this.startedAt = startedAt;
    this.deliveryState = new DeliveryState(ports.clock);
    this.alertTypes = new AlertTypes(ports.source, { deadline });
    this.encoder = new RecordEncoder(stream, settings.logContext);
    this.recordsWithoutSlice = new RecordsWithoutSlice(() => this.openLedger());
    this.ledger = this.openLedger();
  }

  now(): number {
    return Math.floor(this.ports.clock.wall() / 1000);
  }

  /** Whether Datadog may have recordsWithoutSlice without a note of it: of these, another run may be posting the same right now. */
  get inDoubt(): boolean {
    return true;
  }

  /** How long a ledger entry is kept, counted from its writing. */
  get ledgerTtlSeconds(): number {
    return ledgerTtlSeconds(this.settings.lookbackSeconds);
  }

  get deliveryOptions(): DeliveryOptions {
    const { sink, quarantine, store, telemetry, clock, random } = this.ports;
    return {
      sink,
      quarantine,
      store,
      telemetry,
      clock,
      random,
      deadline: this.deadline,
      lease: this.lease,
      ledgerTtlSeconds: this.ledgerTtlSeconds,
      credentialFix: this.settings.datadogKeyFix,
      shrink: (item, maxBytes) => this.encoder.shrunk(item, maxBytes, this.now()),
    };
  }

  /**
   * The hour under which a stray is noted. One that the ledger will have forgotten before its time comes goes with those
   * that have none: as many hours as anybody can write into a record would have to be loaded one by one.
   * @param now trusted time in epoch seconds
   */
  hourWithoutSlice(time: number | undefined, now: number): number {
    return time === undefined || time > now + LEDGER_SURPLUS_SECONDS ? UNDATED_HOUR : hourOf(time);
  }

  /** Memory for one slice, to be given back when nothing of the slice is under way any more. */
  borrowMemory(): SliceMemory {
    return this.#spareMemory.pop() ?? new SliceMemory(this.stream, this.#secret);
  }

  /** Takes memory back for the next slice. */
  returnMemory(memory: SliceMemory): void {
    memory.clear();
    this.#spareMemory.push(memory);
  }

  /** A ledger that tells of chunks it has to skip. */
  openLedger(): Ledger {
    const { store, telemetry } = this.ports;
    return new Ledger(store, this.stream, this.#secret, ({ hour, fence, sequence }) =>
      telemetry.warn(
        'ledger-chunk-skipped',
        'Skipped a ledger chunk that cannot be read; its logs may be repeated.',
        {
          code: 'ledger-chunk-corrupt',
          stream: this.stream,
          hour,
          fence,
          sequence,
        },
      ),
    );
  }

  /** Tells of alerts that were forwarded although nothing is known of their type. */
  warnOfUnknownTypes(): void {
    if (this.counts.unknownTypes === 0) return;
    this.ports.telemetry.warn('alert-types-unknown', 'Forwarded alerts whose type Valence does not know.', {
      stream: this.stream,
      alerts: this.counts.unknownTypes,
    });
  }
}
