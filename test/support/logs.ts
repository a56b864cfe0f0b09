import type { JsonObject } from '../../lambda/shared/json.ts';

/** What the forwarder has added to a record; undefined in its own logs, such as a probe. */
export const added = (log: JsonObject | undefined) => log?.['valence_forwarder'] as JsonObject;

/** Whether a log is marked as a possible duplicate. */
export const isMarked = (log: JsonObject): boolean => added(log)?.['possible_duplicate'] === true;

/** Whether a log is the forwarder's own, not a record. */
export const isProbe = ({ ddsource }: JsonObject): boolean => ddsource === 'valence-forwarder';
