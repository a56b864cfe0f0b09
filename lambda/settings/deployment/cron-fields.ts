/** What the fields of a cron expression may contain. Source: EventBridge Scheduler user guide, "Cron-based schedules". */

interface Field {
  name: string;
  first: number;
  last: number;
  /** Words for the values, the first of them for `first`. */
  words?: readonly string[];
  /** What the field accepts in addition to values, ranges, lists, steps and `*`. */
  special?: RegExp;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const WEEKDAY = `[1-7]|${WEEKDAYS.join('|')}`;

const FIELDS: readonly Field[] = [
  { name: 'minutes', first: 0, last: 59 },
  { name: 'hours', first: 0, last: 23 },
  { name: 'day of month', first: 1, last: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', first: 1, last: 12, words: MONTHS },
  {
    name: 'day of week',
    first: 1,
    last: 7,
    words: WEEKDAYS,
    special: new RegExp(`^(\\?|(${WEEKDAY})?L|(${WEEKDAY})#[1-5])$`),
  },
  { name: 'year', first: 1970, last: 2199 },
];

function valueIn(text: string, { first, last, words = [] }: Field): number | undefined {
  const word = words.indexOf(text);
  const value = word >= 0 ? first + word : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= first && value <= last ? value : undefined;
}

/** The values of `5`, `1-5`, `FRI-MON`, `*`, each perhaps with a step: `0/10`. */
function valuesOfPart(text: string, field: Field): number[] {
  const { first, last } = field;
  const [range = '', step] = text.split('/');
  const [from = first, to = step === undefined ? from : last] =
    range === '*' ? [first, last] : range.split('-').map((bound) => valueIn(bound, field));
  const end = to < from ? to + last - first + 1 : to;
  const count = Math.floor((end - from) / Number(step ?? 1)) + 1;
  return Array.from({ length: count }, (_, index) => {
    const value = from + index * Number(step ?? 1);
    return value > last ? value - last + first - 1 : value;
  });
}

/**
 * The values of a field that passed {@link cronFieldProblem}; all of them for `?`. What names a few days of a month (`L`, `15W`,
 * `TUE#2`) yields none.
 * @param index position of the field: 0 for minutes, 4 for the day of the week
 */
export function cronValues(fields: readonly string[], index: number): ReadonlySet<number> {
  const field = FIELDS[index] as Field;
  const text = (fields[index] ?? '').toUpperCase();
  if (text === '?') return new Set(valuesOfPart('*', field));
  return new Set(text.split(',').flatMap((part) => (isPart(part, field) ? valuesOfPart(part, field) : [])));
}

/** `5`, `1-5`, `*`, each perhaps with a step: `0/10`. */
function isPart(text: string, field: Field): boolean {
  const [range = '', step, ...more] = text.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*') return true;
  const bounds = range.split('-');
  return bounds.length <= 2 && bounds.every((bound) => valueIn(bound, field) !== undefined);
}

/**
 * What is wrong with the fields of a cron expression: the first field with a value that it does not accept.
 * @param fields minutes, hours, day of month, month, day of week, year
 */
export function cronFieldProblem(fields: readonly string[]): string | undefined {
  for (const [index, field] of FIELDS.entries()) {
    const text = (fields[index] ?? '').toUpperCase();
    if (field.special?.test(text) || text.split(',').every((part) => isPart(part, field))) continue;
    const words = field.words ? ` or ${field.words[0]} to ${field.words.at(-1)}` : '';
    return `has "${fields[index]}" as its ${field.name}, which must be from ${field.first} to ${field.last}${words}`;
  }
  return undefined;
}
