/**
 * Limits that several parts rely on, each with the values derived from it. A limit of a single file stays in that file.
 */

export const MINUTE_SECONDS = 60;
export const HOUR_SECONDS = 3600;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

// --- The function ---

/** Memory of the function when no other one is set, in MiB. */
export const DEFAULT_MEMORY_MIB = 512;

// --- A run and its lease ---

/** Time between two runs when no other one is set. */
export const DEFAULT_INTERVAL_SECONDS = 5 * MINUTE_SECONDS;

/**
 * Longest time between two runs. With more, records that wait for a run that follows a failed one would be older than
 * Datadog takes.
 */
export const MAX_INTERVAL_SECONDS = 12 * HOUR_SECONDS;

/** Longest timeout of a function. Source: AWS Lambda quotas, "Function timeout". */
export const MAX_TIMEOUT_SECONDS = 15 * MINUTE_SECONDS;

/** Timeout of the function when no other one is set; shorter where runs follow each other faster. */
export const DEFAULT_TIMEOUT_SECONDS = 240;

/** Kept free at the end of an invocation for saving progress and writing the result. */
export const TIME_RESERVE_MS = 5_000;

/** A lease ends this long after AWS has killed its holder, so an expired lease means that its holder is dead. */
export const LEASE_MARGIN_SECONDS = 20;

/** The wall clock and the monotonic clock may drift apart by this much before a run stops posting. */
export const MAX_CLOCK_DRIFT_MS = LEASE_MARGIN_SECONDS * 1000;

/** With a larger difference between Valence's clock and ours, no range can be called complete. */
export const MAX_CLOCK_DIFFERENCE_SECONDS = 5 * MINUTE_SECONDS;

// --- The ledger ---

/** Ledger entries outlive the look-back by this much, so that a long pause repeats nothing. */
export const LEDGER_EXTRA_SECONDS = 14 * DAY_SECONDS;

/** Entries this close to their end count as expired. */
const LEDGER_EXPIRY_MARGIN_SECONDS = DAY_SECONDS;

/**
 * How long the ledger certainly remembers a record, counted from the record's time. The look-back is left out, because a
 * shorter one may have been in force when the entry was written.
 */
export const LEDGER_LIFE_SECONDS = LEDGER_EXTRA_SECONDS - LEDGER_EXPIRY_MARGIN_SECONDS;

/** How long a ledger entry is kept, counted from its writing. */
export const ledgerTtlSeconds = (lookbackSeconds: number): number => lookbackSeconds + LEDGER_EXTRA_SECONDS;

/** It is not known whether a range includes its bounds, so a request asks for this much more on each side of its slice. */
export const RANGE_SLACK_SECONDS = 1;

// --- Looking back ---

export const MAX_LOOKBACK_SECONDS = 30 * DAY_SECONDS;

/**
 * How far the function looks back for alerts when it forwards changed ones and no other length is set: an alert may change
 * for weeks after its time, and only a sweep that reaches it sees the change.
 */
export const UPDATES_LOOKBACK_SECONDS = 30 * DAY_SECONDS;

/** The sweep covers its whole range once in this time, or in a 24th of the look-back if that is longer. */
const SHORTEST_SWEEP_CYCLE_SECONDS = HOUR_SECONDS;
const SWEEP_CYCLES_PER_LOOKBACK = 24;

export const sweepCycleSeconds = (lookbackSeconds: number): number =>
  Math.max(SHORTEST_SWEEP_CYCLE_SECONDS, lookbackSeconds / SWEEP_CYCLES_PER_LOOKBACK);

// --- Ranges that the source refuses ---

/** A range that is refused for this long is a hole, and reported: a single refusal may be an accident. */
export const HOLE_CONFIRMATION_SECONDS = 15 * MINUTE_SECONDS;

/** Services cut lists at multiples of this: 50, 100, 250, 1000. */
export const TYPICAL_LIST_CAP = 50;

/** More holes of one stream become fewer and longer ones, so that the state item stays small. */
export const MAX_HOLES = 16;

/** How often a confirmed hole is asked for again. */
export const HOLE_RETRY_SECONDS = 60 * MINUTE_SECONDS;

/** Alerts wait this long for their types when Valence fails to list them; then they are forwarded without. */
export const ALERT_TYPES_WAIT_SECONDS = 60 * MINUTE_SECONDS;

// --- Thresholds of warnings ---

/** A stream without a record for this long is worth a warning: a wrong time unit gives valid empty pages for ever. */
export const SILENCE_SECONDS = 24 * HOUR_SECONDS;

/** How long something may go wrong before CloudWatch raises an alarm: three runs at the default schedule. */
export const PATIENCE_SECONDS = 3 * DEFAULT_INTERVAL_SECONDS;

/**
 * Watermark age at which a run summary has the lag `warn`. CloudWatch warns after as little as {@link PATIENCE_SECONDS}, because it
 * knows the schedule and notifies the operator; this one is for the readers of the logs.
 */
export const LAG_WARN_SECONDS = 60 * MINUTE_SECONDS;

/**
 * Watermark age that is critical at most: five hours before records are re-dated, six before Datadog's own limit of 18 hours. It is
 * less where runs are more than five hours apart.
 */
export const LAG_CRITICAL_SECONDS = 12 * HOUR_SECONDS;

// --- Times in records ---

/** From here on a number of "seconds" must be milliseconds: as seconds it would lie past the year 5000. */
export const FIRST_MILLISECONDS = 1e11;

/** The same for microseconds. */
export const FIRST_MICROSECONDS = 1e14;

/** The same for nanoseconds. */
export const FIRST_NANOSECONDS = 1e17;

// --- Requests ---

/** Longer than the 29 s after which common gateways give up, so that their answer is seen. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** Of the requests that only ask whether a key is valid. */
export const KEY_CHECK_TIMEOUT_MS = 10_000;
export const MAX_KEY_CHECK_BYTES = 100_000;

/** Decoded. A larger page would endanger the memory of the function, so the slice is halved instead. */
export const MAX_PAGE_BYTES = 20_000_000;

/**
 * Structural characters (`[`, `{`, `,`, `:`) of JSON from outside that is parsed at once: an element of a list, the body around a list,
 * an answer without one. Each may take 250 bytes of memory, and a run holds up to eight records at once. A record of Valence has a few
 * hundred; one with more than this is too large for Datadog, and is quarantined as it came.
 */
export const MAX_JSON_STRUCTURE = 250_000;

/** Characters of an alert type that alerts name: published ones have a few thousand. Of one with more, the facts stay. */
export const MAX_ALERT_TYPE_TEXT = 20_000;

/** Bytes of what one run may quarantine of a stream, before compression, for each object that it may quarantine. */
export const QUARANTINED_BYTES_EACH = 50_000;

/**
 * Decompressed. No record is larger than the largest page, its alert type and the object's own fields included. An unreadable
 * element takes a third more, because it is kept in base64.
 */
export const MAX_OBJECT_BYTES = 28_000_000;

// --- What Datadog takes and keeps ---

/**
 * Datadog takes 5 MB uncompressed and 1000 logs a request; the byte cap leaves room for a proxy's envelope.
 * Source: Datadog API reference, "Send logs" (v2).
 */
export const MAX_BATCH_BYTES = 4_500_000;
export const MAX_BATCH_LOGS = 1000;

/**
 * Characters of record texts that a batch keeps together with its logs, or a slice until a second scan decides on copies. A source whose
 * records are thousands of times as long as their logs could fill the memory with them.
 */
export const MAX_KEPT_TEXT = 2 * MAX_BATCH_BYTES;

/** Datadog cuts a larger log silently, with a 202. Source: Datadog documentation, "Send logs", limits. */
export const MAX_LOG_BYTES = 1_000_000;

/**
 * Datadog silently drops a log dated more than 18 h in the past or 2 h ahead, after a 202. Records outside this narrower
 * window are sent re-dated, which leaves time for retries.
 */
export const OLDEST_DATED_SECONDS = 17 * HOUR_SECONDS;
export const NEWEST_DATED_SECONDS = 10 * MINUTE_SECONDS;

function assertRelation(holds: boolean, relation: string): void {
  if (!holds) throw new Error(`lambda/limits.ts contradicts itself: ${relation}.`);
}

assertRelation(
  TIME_RESERVE_MS < LEASE_MARGIN_SECONDS * 1000,
  'the time reserve is shorter than the lease margin',
);
assertRelation(
  DEFAULT_TIMEOUT_SECONDS + LEASE_MARGIN_SECONDS < DEFAULT_INTERVAL_SECONDS,
  'the lease of a run ends before the next run starts',
);
assertRelation(REQUEST_TIMEOUT_MS < DEFAULT_TIMEOUT_SECONDS * 1000, 'a run outlasts a request');
assertRelation((MAX_PAGE_BYTES * 4) / 3 < MAX_OBJECT_BYTES, 'any element of a page fits into quarantine');
assertRelation(MAX_LOG_BYTES < MAX_BATCH_BYTES, 'any log fits into a batch');
assertRelation(LEDGER_LIFE_SECONDS > 0, 'the ledger remembers for longer than its expiry margin');
assertRelation(
  PATIENCE_SECONDS < LAG_WARN_SECONDS && LAG_WARN_SECONDS < LAG_CRITICAL_SECONDS,
  'lag is reported in rising order',
);
assertRelation(
  LAG_CRITICAL_SECONDS < OLDEST_DATED_SECONDS,
  'critical lag is reported before records are re-dated',
);
assertRelation(
  MAX_INTERVAL_SECONDS + 4 * HOUR_SECONDS < OLDEST_DATED_SECONDS,
  'after the longest interval there is time to act before records are re-dated',
);
