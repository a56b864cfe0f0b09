import { hash } from 'node:crypto';
import { isLosslessNumber } from 'lossless-json';
import type { Stream } from '../../../contract.ts';
import { valueAt } from '../../../shared/dotted-path.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { IdentityRules } from '../state-ports.ts';
import { type Canonical, canonicalForm, canonicalJson } from './canonical-json.ts';
import { withoutField, withSortedList } from './field-paths.ts';

/** 128 bits: an attacker cannot craft two records with the same fingerprint, so that one would count as a duplicate. */
const FINGERPRINT_HEX_DIGITS = 32;

/** The first 128 bits of the SHA-256 of a text or of bytes, as 32 hex digits. */
export const fingerprintOf = (content: string | Buffer): string =>
  hash('sha256', content, 'hex').slice(0, FINGERPRINT_HEX_DIGITS);

/** The identity of a record. */
export class Identity {
  /** Fingerprint of the content. */
  readonly content: string;
  /** Canonical form of the whole record. */
  readonly form: Canonical;
  /**
   * The key in the ledger, if the record has an id. Without an id the content is the key, and several
   * records of the same content are counted (see slices/copy-counter.ts).
   */
  readonly key: string | undefined;

  constructor(content: string, form: Canonical, key?: string) {
    this.content = content;
    this.form = form;
    this.key = key;
  }
}

/**
 * The identity of a record.
 * @param form canonical form of the record
 */
export function identify(
  stream: Stream,
  record: JsonObject,
  rules: IdentityRules,
  form: Canonical = canonicalForm(record),
): Identity {
  const content = fingerprintOf(contentText(record, form, rules));
  const key = stream === 'alerts' ? keyText(record, rules.alertKey) : undefined;
  return new Identity(content, form, key === undefined ? undefined : fingerprintOf(key));
}

/** The text whose fingerprint is the key of an alert; undefined when the alert has none of the fields. */
function keyText(alert: JsonObject, alertKey: readonly string[]): string | undefined {
  const values = alertKey.map((path) => identifying(valueAt(alert, path)));
  if (values.every((value) => value === undefined)) return undefined;
  const [only] = values;
  // The text of all keys before there was a choice of fields.
  if (alertKey.length === 1 && alertKey[0] === 'vuid' && typeof only === 'string') {
    return `vuid:${canonicalJson(only)}`;
  }
  return `key:${canonicalJson(alertKey.map((path, index) => [path, values[index] ?? null]))}`;
}

/** The value of a field that may identify an alert; undefined when it is not a text, an empty one, or not a number. */
const identifying = (value: unknown): unknown =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' || isLosslessNumber(value)
    ? value
    : undefined;

/**
 * What counts as a record's content. The type of an alert is described elsewhere and may change without the alert changing.
 * @returns the record itself when all of it counts as it is
 */
export function contentOf(record: JsonObject, { volatileFields, unorderedFields }: IdentityRules): unknown {
  let content: unknown = record;
  if (volatileFields.length > 0 || Object.hasOwn(record, 'alertType')) {
    for (const path of ['alertType', ...volatileFields]) content = withoutField(content, path.split('.'));
  }
  for (const path of unorderedFields) content = withSortedList(content, path.split('.'));
  return content;
}

function contentText(record: JsonObject, form: Canonical, rules: IdentityRules): string {
  const content = contentOf(record, rules);
  return content === record ? form.text : canonicalJson(content);
}

/** Fingerprint of the k-th of several records of the same content, k counting from 1. */
export const copyFingerprint = (content: string, k: number): string =>
  k === 1 ? content : fingerprintOf(`${content}#${k}`);

/** The key of an alert that shares its own with others, by its creation time in epoch seconds modulo 2^32. */
export const timedKeyFingerprint = (key: string, time: number): string => fingerprintOf(`${key}@${time}`);

/** Notes in the ledger that different alerts share a key. */
export const sharedKeyFingerprint = (key: string): string => fingerprintOf(`${key}*`);

/** Notes in the ledger that one content of an alert was forwarded. */
export const versionKeyFingerprint = (key: string, content: string): string =>
  fingerprintOf(`${key}/${content}`);

/** Notes in the ledger that the k-th of several records of the same content has another identity now. */
export const adoptionFingerprint = (content: string, k: number): string => fingerprintOf(`${content}~${k}`);
