import { hash } from 'node:crypto';
import type { Stream } from '../../../contract.ts';
import type { JsonObject } from '../../../shared/json.ts';

import { type Canonical, canonicalForm, canonicalJson } from './canonical-json.ts';

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

function without(value: unknown, path: readonly string[]): unknown {
  const [head, ...rest] = path;
  if (value === null || typeof value !== 'object' || head === undefined) return value;
  // Lists within lists contain no field, and hostile ones are thousands of levels deep.
  if (Array.isArray(value)) return value.map((item) => (Array.isArray(item) ? item : without(item, path)));
  if (!Object.hasOwn(value, head)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      if (key !== head) return [[key, item]];
      return rest.length === 0 ? [] : [[key, without(item, rest)]];
    }),
  );
}

/**
 * The identity of a record.
 * @param volatileFields dotted paths that do not count as content; a path goes through the elements of arrays
 */
export function identify(stream: Stream, record: JsonObject, volatileFields: readonly string[]): Identity {
  const form = canonicalForm(record);
  const content = fingerprintOf(contentText(record, form, volatileFields));
  if (stream === 'audit-logs') return new Identity(content, form);
  const { vuid } = record;
  const hasId = typeof vuid === 'string' && vuid !== '';
  return new Identity(content, form, hasId ? fingerprintOf(`vuid:${canonicalJson(vuid)}`) : undefined);
}

/** What counts as a record's content. The type of an alert is described elsewhere and may change without the alert changing. */
function contentText(record: JsonObject, form: Canonical, volatileFields: readonly string[]): string {
  if (volatileFields.length === 0 && !Object.hasOwn(record, 'alertType')) return form.text;
  const content = ['alertType', ...volatileFields].reduce<unknown>(
    (rest, path) => without(rest, path.split('.')),
    record,
  );
  return canonicalJson(content);
}

/** Fingerprint of the k-th of several records of the same content, k counting from 1. */
export const copyFingerprint = (content: string, k: number): string =>
  k === 1 ? content : fingerprintOf(`${content}#${k}`);
