import type { QuarantinedRecord } from '../../lambda/forwarder/core/ports.ts';
import { canonicalJson } from '../../lambda/forwarder/core/records/canonical-json.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { isPlainName } from '../doctor/plain.ts';
import { type SilentDrop, silentDrops } from '../stand-ins/datadog/limits.ts';

/** Why Datadog may have refused a record: what its answer means, and which of its limits the record is beyond. */

/** Statuses of single logs. 0 stands for no answer. */
const MEANINGS: Readonly<Record<number, string>> = {
  0: 'No answer came, three times.',
  400: 'Datadog could not use this log, and does not say why.',
  403: 'A filter on the way, or the key: Datadog accepted other logs with it.',
  408: 'Datadog gave up waiting for the log.',
  413: 'The log is larger than Datadog, or a proxy on the way, accepts, also at half its size.',
};

/** What the status of an answer to a single log means; undefined for one that Datadog does not document. */
export const meaningOf = (httpStatus: number): string | undefined => MEANINGS[httpStatus];

/** The largest field, by the bytes of its JSON. */
function largestField(record: JsonObject): string | undefined {
  const [largest] = Object.entries(record)
    .map(([name, value]) => ({ name, bytes: Buffer.byteLength(JSON.stringify(value)) }))
    .sort((one, other) => other.bytes - one.bytes);
  return largest && isPlainName(largest.name) ? largest.name : undefined;
}

const WORDS: Readonly<Record<SilentDrop, string>> = {
  tooLarge: 'more than 1 MB',
  outdated: 'older than 18 hours',
  predated: 'more than 2 hours in the future',
  tooManyAttributes: 'more than 256 attributes',
  keyTooLong: 'a key of 50 characters or more',
  tooDeep: 'more than 10 levels',
};

/**
 * The limits of Datadog for a log that a record was beyond when it was refused, in words. The forwarder cuts and dates logs so that they
 * keep these limits, so they are a hint and no proof. No value of the record is in them.
 */
export function brokenLimits({ stream, record, quarantinedAt }: QuarantinedRecord): string[] {
  // Without the numbers that only this project's JSON knows.
  const plain = JSON.parse(canonicalJson(record)) as JsonObject;
  const log = { ddsource: 'valence-security', ...(stream === 'alerts' ? { alert: plain } : plain) };
  return silentDrops(log, Date.parse(quarantinedAt)).map((drop) => {
    const largest = drop === 'tooLarge' ? largestField(plain) : undefined;
    return largest === undefined ? WORDS[drop] : `${WORDS[drop]}, most of it in "${largest}"`;
  });
}
