import type { JsonObject } from '../../../lambda/shared/json.ts';

/** In which order the API shows the records of a range. */
export type RecordOrder = 'ascending' | 'descending' | 'shuffled';

/** Which ends of a range belong to it, in mathematical notation. */
export type Bounds = '[)' | '[]' | '(]' | '()';

interface Filed {
  record: JsonObject;
  /** Epoch seconds; NaN shows the record in every range. */
  time: number;
  /** Place in a shuffled order. */
  rank: number;
}

/** The records of one kind, findable by time. */
export interface RecordShelf {
  /** Files records under their own time, or under `time` (epoch seconds; NaN shows them in every range). */
  add(records: Iterable<JsonObject>, time?: number): void;
  /** Takes away the records that match, and says how many there were. */
  remove(matches: (record: JsonObject) => boolean): number;
  /** The records of a range of epoch seconds. */
  find(from: number, to: number): JsonObject[];
  /** All of them, oldest first. */
  all(): JsonObject[];
}

const HASH_FACTOR = 0x9e3779b1;

/** A fixed place for the n-th record, unrelated to its time, so that a shuffled order holds while pages are read. */
const shuffledRank = (n: number): number => Math.imul(n ^ (n >>> 15), HASH_FACTOR) >>> 0;

/** Index of the first record that is not before `time`, or with `after`, not at it either. */
function boundary(records: readonly Filed[], time: number, after: boolean): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = (records[middle] as Filed).time;
    if (at < time || (after && at === time)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * An empty shelf.
 * @param timeField the records' own time, in epoch seconds
 */
export function recordShelf(timeField: string, order: RecordOrder, bounds: Bounds): RecordShelf {
  let dated: Filed[] = [];
  let undated: Filed[] = [];
  let added = 0;
  let sorted = true;

  const inOrder = () => {
    if (!sorted) dated.sort((a, b) => a.time - b.time);
    sorted = true;
    return dated;
  };

  return {
    add(records, time) {
      for (const record of records) {
        const own = record[timeField];
        const filed = {
          record,
          time: time ?? (typeof own === 'number' ? own : Number.NaN),
          rank: shuffledRank(added++),
        };
        (Number.isNaN(filed.time) ? undated : dated).push(filed);
      }
      sorted = false;
    },
    remove(matches) {
      const before = dated.length + undated.length;
      dated = dated.filter(({ record }) => !matches(record));
      undated = undated.filter(({ record }) => !matches(record));
      return before - dated.length - undated.length;
    },
    find(from, to) {
      const records = inOrder();
      const start = boundary(records, from, bounds.startsWith('('));
      const end = boundary(records, to, bounds.endsWith(']'));
      const found = [...undated, ...records.slice(start, end)];
      if (order === 'descending') found.reverse();
      if (order === 'shuffled') found.sort((a, b) => a.rank - b.rank);
      return found.map(({ record }) => record);
    },
    all: () => [...undated, ...inOrder()].map(({ record }) => record),
  };
}
