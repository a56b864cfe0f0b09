import { OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';
import { duration, utc } from '../../cli/format.ts';
import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import type { Explanation } from './answers.ts';
import { FIELDS, type OwnField } from './own-fields.ts';

/** What the forwarder and the pipeline did with one log, in words. */

const ORDER: readonly Explanation['kind'][] = ['changed', 'marked', 'added'];

/** The fields that a reader should notice, in the order of the table. */
export const MARKS: readonly OwnField[] = (Object.keys(FIELDS) as OwnField[]).filter(
  (field) => FIELDS[field].kind !== 'added' && field !== 'extra',
);

const blockOf = ({ attributes }: ProcessedLog): JsonObject => {
  const block = attributes[OWN_ATTRIBUTE];
  return isObject(block) ? block : {};
};

const BACKFILL = 'backfill:true';

/** Titles of the marks of a log, for a list. */
export function marksOf(log: ProcessedLog): string[] {
  const block = blockOf(log);
  return [
    ...MARKS.filter((field) => Object.hasOwn(block, field)).map((field) => FIELDS[field].title),
    ...(log.tags.includes(BACKFILL) ? ['Backfill'] : []),
  ];
}

/** What the code writes into texts that it shortens or redacts. Source: `core/logs/shrink.ts`, `core/logs/redact/`. */
const LEFT_OUT = '[left out: ';
const REMOVED = '[redacted]';

function contains(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.includes(text);
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).some((inner) => contains(inner, text));
}

/** How long the record's time was before the log's date. */
function agoOf({ timestamp }: ProcessedLog, eventTime: unknown): string {
  if (typeof eventTime !== 'number' || Number.isNaN(new Date(eventTime * 1000).getTime())) return '';
  const seconds = timestamp / 1000 - eventTime;
  return ` It is of ${utc(eventTime)}, ${duration(Math.abs(seconds))} ${seconds < 0 ? 'after' : 'before'} the date of the log.`;
}

const changedParts = (value: unknown): string =>
  Array.isArray(value) && value.length > 0 ? ` Changed: ${value.map(String).join(', ')}.` : '';

/** What the value of a field adds to the sentence about it. */
const detailOf = (field: OwnField, log: ProcessedLog, block: JsonObject): string => {
  if (field === 'redated') return agoOf(log, block['event_time']);
  return field === 'changed' ? changedParts(block['changed']) : '';
};

/** Everything that the forwarder and the pipeline say about a log: changes first, then marks, then added values. */
export function explanationsOf(log: ProcessedLog): Explanation[] {
  const block = blockOf(log);
  const ofFields = (Object.keys(FIELDS) as OwnField[])
    .filter((field) => Object.hasOwn(block, field))
    .map((field): Explanation => {
      const { kind, title, text } = FIELDS[field];
      return { field: `${OWN_ATTRIBUTE}.${field}`, kind, title, text: text + detailOf(field, log, block) };
    });
  const shown = { message: log.message, attributes: log.attributes };
  const ofTexts: (Explanation | false)[] = [
    log.tags.includes(BACKFILL) && {
      field: BACKFILL,
      kind: 'marked',
      title: 'Backfill',
      text: 'Belongs to the first run’s initial range or to a backfill. Detection rules leave such logs out, because they are old and arrive all at once.',
    },
    contains(shown, REMOVED) && {
      field: REMOVED,
      kind: 'changed',
      title: 'Redacted',
      text: `A text was removed by the setting redact, and ${REMOVED} is in its place. The same text in a record of your own looks the same.`,
    },
    contains(shown, LEFT_OUT) && {
      field: `${LEFT_OUT}…]`,
      kind: 'changed',
      title: 'Left out',
      text: 'A long value was cut, and the note says how much is missing. The same text in a record of your own looks the same.',
    },
  ];
  return [...ofFields, ...ofTexts.filter((each) => each !== false)].sort(
    (one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind),
  );
}
