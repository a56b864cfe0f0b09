import type { ChangedPart } from '../../../contract.ts';
import type { AlertParts } from '../records/alert-parts.ts';
import { fingerprintOf } from '../records/identity.ts';

const DIGEST_DIGITS = 4;

/** Nothing is known of the part. */
const UNKNOWN = 0;

/**
 * What the ledger keeps of an alert's parts: a salted hash of 16 bits for each, 0 if nothing is known of it. It only decides what an
 * update names as changed; whether an alert has changed is decided by its version.
 */
export interface NotedParts {
  /** Of the chunk, see {@link versionTag}. */
  salt: string;
  /** Known whenever anything is. */
  status: number;
  severity: number;
  events: number;
}

/** Of an alert that was noted without its parts. */
export const NO_PARTS: NotedParts = { salt: '', status: UNKNOWN, severity: UNKNOWN, events: UNKNOWN };

const digestOf = (text: string): number =>
  Number.parseInt(fingerprintOf(text).slice(0, DIGEST_DIGITS), 16) || 1;

/** Alerts have few states and severities, so their digests are kept. */
const known = new Map<string, number>();
const MAX_KNOWN = 1000;
const MAX_KNOWN_CHARACTERS = 100;

function knownDigestOf(salt: string, part: string | undefined): number {
  if (part === undefined) return UNKNOWN;
  const text = salt + part;
  if (part.length > MAX_KNOWN_CHARACTERS) return digestOf(text);
  const digest = known.get(text) ?? digestOf(text);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, digest);
  return digest;
}

/** @param salt of the run */
export const notedParts = (salt: string, { status, severity, events }: AlertParts): NotedParts => ({
  salt,
  status: knownDigestOf(salt, status),
  severity: knownDigestOf(salt, severity),
  events: digestOf(salt + events),
});

/**
 * What has changed of an alert that has another content than the one noted. A severity is compared only if both are known: the
 * type of an alert may be missing for a while.
 * @returns undefined when the parts were not noted
 */
export function changesSince(noted: NotedParts, parts: AlertParts): readonly ChangedPart[] | undefined {
  if (noted.status === UNKNOWN) return undefined;
  const now = notedParts(noted.salt, parts);
  const changed = (['status', 'severity', 'events'] as const).filter(
    (part) => now[part] !== UNKNOWN && noted[part] !== UNKNOWN && now[part] !== noted[part],
  );
  return changed.length > 0 ? changed : ['other'];
}
