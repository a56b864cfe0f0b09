import { CHANGED_PARTS, type ChangedPart } from '../../../contract.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { PackedEntries } from '../ledger/chunks.ts';
import type { LedgerEntry } from '../ledger/entry.ts';

/** A record that is being sent, with everything that its delivery needs except its log. */
export interface Item {
  record: JsonObject;
  alertType: JsonObject | undefined;
  /** Epoch seconds; undefined when the record has no usable time. */
  time: number | undefined;
  fingerprint: string;
  /** An alert that was forwarded before and has changed. */
  update: boolean;
  /** What has changed since; undefined when it is not known. */
  changed?: readonly ChangedPart[] | undefined;
  /** Belongs to the first run's initial range or to a backfill. */
  backfill: boolean;
  /** Its entry in the ledger, once Datadog has accepted it. */
  entry: LedgerEntry;
  /** Datadog may have the log already, and the log is marked accordingly. */
  possibleDuplicate: boolean;
}

const UPDATE = 1;
const BACKFILL = 2;
const POSSIBLE_DUPLICATE = 4;
/** The fingerprint is the version of the entry, otherwise its key. */
const NAMED_BY_VERSION = 8;

/** The parts of {@link CHANGED_PARTS}, one bit each from here on. */
const FIRST_CHANGED = 16;

const flag = (set: boolean, bit: number) => (set ? bit : 0);

const changedFlags = (changed: readonly ChangedPart[]): number =>
  changed.reduce((flags, part) => flags | (FIRST_CHANGED << CHANGED_PARTS.indexOf(part)), 0);

function changedIn(flags: number): readonly ChangedPart[] | undefined {
  if (flags < FIRST_CHANGED) return undefined;
  return CHANGED_PARTS.filter((_, index) => (flags & (FIRST_CHANGED << index)) !== 0);
}

/** In place of a type that the record embeds. It is read again with the record, and takes no memory until then. */
const EMBEDDED = Symbol('embedded');

const isEmbedded = ({ record, alertType }: Pick<Item, 'record' | 'alertType'>): boolean =>
  alertType !== undefined && record['alertType'] === alertType;

/**
 * Items in columns, without their records, see memory/README.md: several thousand exist for as long as a post takes.
 */
export class ItemColumns {
  readonly #alertTypes: (JsonObject | typeof EMBEDDED | undefined)[] = [];
  /** NaN if the record has no usable time. */
  readonly #times: Float64Array;
  readonly #flags: Uint8Array;
  readonly entries: PackedEntries;

  /** @param capacity maximum number of items */
  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#flags = new Uint8Array(capacity);
    this.entries = new PackedEntries(capacity);
  }

  /** Removes what takes memory of its own. */
  clear(): void {
    this.#alertTypes.length = 0;
  }

  /** Sets one item; all items before it must be set. */
  set(
    place: number,
    { record, alertType, time, fingerprint, update, changed, backfill, entry, possibleDuplicate }: Item,
  ): void {
    this.#alertTypes[place] = isEmbedded({ record, alertType }) ? EMBEDDED : alertType;
    this.#times[place] = time ?? Number.NaN;
    this.entries.set(place, entry);
    this.#flags[place] =
      flag(update, UPDATE) |
      flag(backfill, BACKFILL) |
      flag(possibleDuplicate, POSSIBLE_DUPLICATE) |
      flag(fingerprint !== entry.key, NAMED_BY_VERSION) |
      (changed ? changedFlags(changed) : 0);
  }

  /** @param record that of the item, read again */
  at(place: number, record: JsonObject): Item {
    const alertType = this.#alertTypes[place];
    const entry = this.entries.at(place);
    const time = this.#times[place] as number;
    const is = (bit: number) => ((this.#flags[place] as number) & bit) !== 0;
    return {
      record,
      alertType: alertType === EMBEDDED ? (record['alertType'] as JsonObject) : alertType,
      time: Number.isNaN(time) ? undefined : time,
      fingerprint: (is(NAMED_BY_VERSION) && entry.version) || entry.key,
      update: is(UPDATE),
      changed: changedIn(this.#flags[place] as number),
      backfill: is(BACKFILL),
      entry,
      possibleDuplicate: is(POSSIBLE_DUPLICATE),
    };
  }

  isPossibleDuplicate(place: number): boolean {
    return ((this.#flags[place] as number) & POSSIBLE_DUPLICATE) !== 0;
  }
}
