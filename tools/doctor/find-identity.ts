import { canonicalJson } from '../../lambda/forwarder/core/records/canonical-json.ts';
import { TIME_FIELD } from '../../lambda/forwarder/core/records/time.ts';
import { valueAt } from '../../lambda/shared/dotted-path.ts';
import { isObject, type JsonObject } from '../../lambda/shared/json.ts';
import type { Sample } from './find-list.ts';
import { isPlainName } from './plain.ts';
import { type Probe, STREAM_OF } from './probe.ts';
import { recordsIn } from './response-body.ts';

/** What identifies a record, and which of its fields do not count as its content. */

const ID_FIELDS = ['vuid', 'id', 'alertId', 'alert_id', 'uuid', 'uid', 'guid', '_id', 'key'];

const isScalar = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

/** Whether all records have these fields, and no two records the same values in them. */
function identifies(key: readonly string[], records: readonly JsonObject[]): boolean {
  const values = records.map((record) => key.map((path) => valueAt(record, path)));
  return (
    values.every((each) => each.every(isScalar)) &&
    new Set(values.map((each) => JSON.stringify(each))).size === records.length
  );
}

/** Keys to try: one id, then the key in force with one more field. */
function* keysFor(current: readonly string[], [record = {}]: readonly JsonObject[]): Generator<string[]> {
  for (const field of ID_FIELDS) yield [field];
  const fields = Object.keys(record).filter(isPlainName);
  for (const field of fields) if (/id$|key$|number$/i.test(field)) yield [field];
  const more = fields.filter((field) => isScalar(record[field]) && !current.includes(field));
  for (const field of more.filter((name) => name !== TIME_FIELD.alerts && name !== 'status'))
    yield [...current, field];
}

/** Which fields identify an alert. */
export function findAlertKey(probe: Probe, { records }: Sample): void {
  const { alertKey } = probe;
  const text = alertKey.join(' and ');
  if (records.length < 2 || identifies(alertKey, records)) {
    probe.matched('alertKey', `alerts are identified by ${text}`);
    return;
  }
  const isAbsent = records.every((record) => alertKey.every((path) => !isScalar(valueAt(record, path))));
  const found = [...keysFor(isAbsent ? [] : alertKey, records)].find((key) => identifies(key, records));
  if (found) {
    probe.alertKey = found;
    probe.corrected('alertKey', `${text} does not identify the alerts; ${found.join(' and ')} does`, {});
    return;
  }
  probe.noted(
    'alertKey',
    `${text} does not identify the alerts, nor does any other field`,
    'No record is lost: the forwarder identifies the others by their content, and sends a changed one again.',
  );
}

/** More fields than this that differ mean that the records are not the same. */
const MAX_VOLATILE = 4;

interface Differences {
  volatile: string[];
  unordered: string[];
}

const sorted = (list: readonly unknown[]): string =>
  canonicalJson(list.map((each) => canonicalJson(each)).sort());

function differences(one: unknown, other: unknown, path: string[] = []): Differences {
  if (canonicalJson(one) === canonicalJson(other)) return { volatile: [], unordered: [] };
  if (isObject(one) && isObject(other)) {
    const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    const inner = names.map((name) => differences(one[name], other[name], [...path, name]));
    return {
      volatile: inner.flatMap(({ volatile }) => volatile),
      unordered: inner.flatMap(({ unordered }) => unordered),
    };
  }
  const isReordered = Array.isArray(one) && Array.isArray(other) && sorted(one) === sorted(other);
  const name = path.join('.');
  return isReordered ? { volatile: [], unordered: [name] } : { volatile: [name], unordered: [] };
}

/** Asks for the same page again. What differs in the same records does not count as their content. */
export async function findVolatile(probe: Probe, { reply, records }: Sample): Promise<void> {
  const { profile, endpoint } = probe;
  const again = recordsIn(await probe.ask.follow(reply.request, profile), profile);
  const stream = STREAM_OF[endpoint];
  if (!stream || records.length === 0 || again.length !== records.length) return;
  const found = records.map((record, index) => differences(record, again[index]));
  const isHeld = (known: readonly string[], path: string) =>
    isPlainName(path) && path !== TIME_FIELD[stream] && !known.includes(path);
  const volatile = [...new Set(found.flatMap((each) => each.volatile))].filter((path) =>
    isHeld(profile.volatileFields, path),
  );
  const unordered = [...new Set(found.flatMap((each) => each.unordered))].filter((path) =>
    isHeld(profile.unorderedFields, path),
  );
  if (volatile.length > MAX_VOLATILE) return;
  if (volatile.length > 0) {
    probe.corrected('volatileFields', `${volatile.join(', ')} changes from answer to answer`, {
      volatileFields: [...profile.volatileFields, ...volatile],
    });
  }
  if (unordered.length > 0) {
    probe.corrected('unorderedFields', `the order of ${unordered.join(', ')} changes from answer to answer`, {
      unorderedFields: [...profile.unorderedFields, ...unordered],
    });
  }
}
