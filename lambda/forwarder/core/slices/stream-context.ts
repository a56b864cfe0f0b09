import type { Stream } from '../../../contract.ts';
import { HOUR_SECONDS } from '../../../limits.ts';
import { type Deadline, wallSeconds } from '../../../shared/clock.ts';
import type { IntakeKnowledge } from '../delivery/batch-cap.ts';
import type { DeliveryOptions } from '../delivery/delivery.ts';
import { DeliveryState } from '../delivery/delivery-state.ts';
import { hourOf } from '../ledger/entry.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { LookBackKeys } from '../ledger/look-back-keys.ts';
import { type LedgerPolicy, ledgerPolicy } from '../ledger/policy.ts';
import { secretOf } from '../ledger/salt.ts';
import type { IsExcluded } from '../logs/exclude.ts';
import { RecordEncoder } from '../logs/record-encoder.ts';
import type { LogContext } from '../logs/types.ts';
import { Pool } from '../memory/pool.ts';
import type { ListKnowledge, Ports } from '../ports.ts';
import type { IdentityHistory, IdentityRules, Lease, StateStore } from '../state-ports.ts';
import { AlertTypes } from './alert-types.ts';
import { noListKnowledge } from './completeness.ts';
import { NewKeys } from './new-keys.ts';
import { RecordsWithoutSlice } from './records-without-slice.ts';
import { SliceMemory } from './slice-memory.ts';

/** What a person set for one stream. Lengths are seconds. */
export interface StreamSettings {
  initialLookbackSeconds: number;
  /** How long the source may still add records to a range: the watermark stays behind by as much. */
  settleSeconds: number;
  /** How long the newest records are held back before they are sent. */
  holdBackSeconds: number;
  /** How late a record may appear; 0 switches the sweep off. */
  lookbackSeconds: number;
  parallelSlices: number;
  /** Forward an alert again when it changed. */
  alertUpdates: boolean;
  /** Severities to keep; undefined keeps all. */
  alertSeverities: ReadonlySet<string> | undefined;
  /** Leaves out the logs that it matches; undefined leaves out none. */
  isExcluded: IsExcluded | undefined;
  identityRules: IdentityRules;
  /** Which time of a record the range filters by. With `update`, a record belongs to the range that shows it. */
  timeFilter?: 'creation' | 'update';
  /** Whether the source takes an upper time bound. */
  boundedAbove: boolean;
  /** The longest slice; longer ranges are refused by the source. No limit by default. */
  maxSliceSeconds?: number | undefined;
  /** How often the source's page size can be halved; 0 when it takes none. */
  pageHalvings?: number;
  logContext: LogContext;
  /** So many objects may go to quarantine in one run. */
  maxQuarantined: number;
  /** How to replace the Datadog key, for errors. */
  datadogKeyFix: string;
}

/** What one invocation knows of one stream when it begins. */
export interface RunOfStream {
  ports: Ports;
  stream: Stream;
  settings: StreamSettings;
  deadline: Deadline;
  lease: Lease;
  /** When the run began, before its first wait; trusted time in epoch seconds. */
  startedAt: number;
}

/** The same with what its state says of the ledger. */
interface KnownRun extends RunOfStream {
  identity: IdentityHistory;
}

/** What the slices of one stream share during one invocation. It holds no watermark, so no slice can move one. */
export interface StreamContext extends Readonly<KnownRun> {
  readonly lists: ListKnowledge;
  readonly ledgerPolicy: LedgerPolicy;
  /** What slices that are processed concurrently know of the past. */
  readonly ledger: Ledger;
  readonly recordsWithoutSlice: RecordsWithoutSlice;
  /** The keys of alerts that were forwarded before, whatever the hour of their creation. */
  readonly lookBackKeys: LookBackKeys;
  readonly newKeys: NewKeys;
  readonly alertTypes: AlertTypes;
  readonly encoder: RecordEncoder;
  readonly deliveryOptions: DeliveryOptions;
  readonly deliveryState: DeliveryState;
  readonly memory: Pool<SliceMemory>;
  /** Whether another run may have posted records without a slice that are not in the ledger. */
  readonly othersMayHavePosted: () => boolean;
  readonly counts: {
    fetched: number;
    duplicates: number;
    filtered: number;
    unknownTypes: number;
    /** Keys under which a scan has shown alerts with different contents. */
    sharedKeys: number;
    /** Alerts that were not forwarded, because their key is known from another hour. */
    movedAlerts: number;
    /** Time of the newest record, epoch seconds. */
    newestRecord: number;
  };
  /** Left out for a backfill: it forwards only what is in its range. */
  readonly outsiders?: OutsiderRules | undefined;
  /** How often a request that fails is made at most; the source's own number by default. */
  readonly maxAttempts?: number;
  /** `lists`: how many were asked for to divide refused ranges. */
  readonly divisions: { lists: number };
  /** `halvings`: how often the page size was halved, because pages were too large and no slice could be shorter. */
  readonly pageSize: { halvings: number };
}

/** What a run that holds the lease of the whole stream knows from the runs before it. */
export interface Inheritance {
  /** See {@link StreamContext}; always true by default. */
  othersMayHavePosted?: () => boolean;
  /** See {@link DeliveryState}. */
  intake?: IntakeKnowledge;
  /** See {@link AlertTypesOptions}. */
  alertTypesMayBeMissing?: boolean;
  /** Everything below was processed twice, epoch seconds. */
  finalWatermark?: number;
  outsiders?: OutsiderRules;
}

/**
 * Which records outside the requested range are forwarded, and how. A source may filter by another time than the one in its
 * records, or ignore the range; then a record may never be in the list of its own range. Times are epoch seconds.
 */
export interface OutsiderRules {
  /** Earlier records are left out. */
  from: number;
  /** Records from here on have not settled; a later run reads them. */
  to: number;
  /** Earlier ones are marked: the ledger may not know all that was forwarded. */
  markBelow: () => number;
  /** The end of the last hole whose records may have been posted without a ledger entry; 0 when there is none. */
  doubtfulHolesEnd: () => number;
  /** Whether the state says that this run may post outsiders. */
  isIntended: () => boolean;
  /** Saves that it may. Throws as {@link StateStore.save} does. */
  recordIntent: () => Promise<void>;
}

/** The context of one invocation for one stream. */
export function streamContext(
  run: KnownRun,
  {
    othersMayHavePosted = () => true,
    intake,
    alertTypesMayBeMissing = false,
    outsiders,
    finalWatermark = Number.POSITIVE_INFINITY,
  }: Inheritance = {},
): StreamContext {
  const { ports, stream, settings, deadline, lease } = run;
  const { source, sink, quarantine, store, telemetry, clock, random } = ports;
  const secret = secretOf(lease.owner);
  const policy = ledgerPolicy(stream, secret, settings.lookbackSeconds, ports);
  const lookBackStart = Math.min(finalWatermark, run.startedAt - settings.lookbackSeconds);
  const lookBackKeys = new LookBackKeys(store, secret, hourOf(lookBackStart));
  const encoder = new RecordEncoder(stream, settings.logContext);
  return {
    ...run,
    lists: ports.lists?.[stream] ?? noListKnowledge(),
    ledgerPolicy: policy,
    recordsWithoutSlice: new RecordsWithoutSlice(policy.open),
    ledger: policy.open(),
    lookBackKeys,
    newKeys: new NewKeys(secret.hashSeed),
    alertTypes: new AlertTypes(source, { deadline, telemetry, mayBeMissing: alertTypesMayBeMissing }),
    encoder,
    deliveryOptions: {
      sink,
      quarantine,
      store: stream === 'alerts' ? addingKeys(store, lookBackKeys) : store,
      telemetry,
      clock,
      random,
      deadline,
      lease,
      ledgerTtlSeconds: policy.ttlSeconds,
      credentialFix: settings.datadogKeyFix,
      logContext: settings.logContext,
      maxQuarantined: settings.maxQuarantined,
      shrink: (item, maxBytes) => encoder.shrunk(item, maxBytes, wallSeconds(clock)),
    },
    deliveryState: new DeliveryState(clock, intake),
    memory: new Pool(() => new SliceMemory(stream, secret)),
    othersMayHavePosted,
    outsiders,
    counts: {
      fetched: 0,
      duplicates: 0,
      filtered: 0,
      unknownTypes: 0,
      sharedKeys: 0,
      movedAlerts: 0,
      newestRecord: 0,
    },
    divisions: { lists: 0 },
    pageSize: { halvings: 0 },
  };
}

/** The length of a slice that the source is expected to answer for, at most the given one, in seconds. */
export function longestSlice({ settings, lists, startedAt }: StreamContext, slice: number): number {
  const hours = Math.max(0, Math.floor((startedAt - lists.longestRangeAt) / HOUR_SECONDS));
  // What was learned is tried again from time to time: it may have been an accident.
  const learned = lists.longestRange * 2 ** hours;
  return Math.min(slice, settings.maxSliceSeconds ?? slice, learned);
}

/** A store that adds the keys of noted alerts to those of the look-back. */
const addingKeys = (store: StateStore, keys: LookBackKeys): Pick<StateStore, 'appendLedger'> => ({
  async appendLedger(stream, chunk, expiresAt) {
    await store.appendLedger(stream, chunk, expiresAt);
    keys.add(chunk);
  },
});

/** Warns when different alerts may share a key, or alerts were forwarded whose type Valence does not know. */
export function warnOfAlerts({ counts, ports, stream }: StreamContext): void {
  const { sharedKeys: keys, movedAlerts: moved } = counts;
  if (keys + moved > 0) {
    ports.telemetry.warn(
      'alert-keys-shared',
      'Valence shows alerts with different contents under one key. If they are different alerts, name the fields that tell them apart in alertKey of the API profile.',
      { stream, keys, moved },
    );
  }
  if (counts.unknownTypes === 0) return;
  ports.telemetry.warn('alert-types-unknown', 'Forwarded alerts whose type Valence does not know.', {
    stream,
    alerts: counts.unknownTypes,
  });
}
