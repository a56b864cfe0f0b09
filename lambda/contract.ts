/**
 * Names that two sides read: the function and the infrastructure, or the product and its tools. None may change without
 * breaking a deployed stack, a saved query or a test from outside.
 */

/** What Valence has to offer, by the name that metrics, logs, state keys and quarantine keys use. */
export const STREAMS = ['alerts', 'audit-logs'] as const;
export type Stream = (typeof STREAMS)[number];

/**
 * Names of the log lines of function and content installer: the field `event` of each. Saved queries, the operator tools
 * and users' own queries find lines by it, so an event keeps its name when its sentence changes.
 */
const LOG_EVENTS = [
  // Runs and streams
  'run-finished',
  'stream-served',
  'stream-failed',
  'first-run',
  'lease-held',
  'stream-silent',
  'run-summary-lost',
  'state-table-used',
  // Reading from Valence
  'slow-page',
  'first-page-repeated',
  'last-page-repeated',
  'last-page-full',
  'records-outside-range',
  'alert-types-without-id',
  'alert-types-unknown',
  // Sending, and what could not be sent
  'records-rejected',
  'record-quarantined',
  'ledger-chunk-skipped',
  // Other actions
  'check-finished',
  'backfill-finished',
  'backfill-shortened',
  'backfill-hour-held',
  'replay-finished',
  'replay-failed',
  'quarantine-object-unreadable',
  // Content installer
  'content-request-finished',
  'content-request-failed',
] as const;
export type LogEvent = (typeof LOG_EVENTS)[number];
