/**
 * Names that two sides read: the function and the infrastructure, or the product and its tools. None may change without
 * breaking a deployed stack, a saved query or a test from outside.
 */

/** What Valence has to offer, by the name that metrics, logs, state keys and quarantine keys use. */
export const STREAMS = ['alerts', 'audit-logs'] as const;
export type Stream = (typeof STREAMS)[number];
