import type { ChangedPart } from '../../../contract.ts';
import type { JsonObject } from '../../../shared/json.ts';
import type { Item } from '../delivery/item.ts';
import type { LedgerEntry } from '../ledger/entry.ts';
import type { NotedParts } from '../ledger/noted-parts.ts';
import type { Candidate } from './reader.ts';

/** How a record is sent that the ledger does not contain. */
export interface Decision extends Pick<Item, 'entry' | 'update' | 'possibleDuplicate'> {
  /** What is known of an update's parts as they were last forwarded. */
  noted?: NotedParts | undefined;
}

/** The item of a candidate. A class for the reason given in memory/README.md. */
export class CandidateItem implements Item {
  readonly record: JsonObject;
  readonly alertType: JsonObject | undefined;
  readonly time: number | undefined;
  readonly fingerprint: string;
  readonly update: boolean;
  readonly changed: readonly ChangedPart[] | undefined;
  readonly backfill: boolean;
  readonly entry: LedgerEntry;
  readonly possibleDuplicate: boolean;

  constructor(
    { record, time, identity }: Candidate,
    { entry, update, possibleDuplicate }: Decision,
    changed: readonly ChangedPart[] | undefined,
    alertType: JsonObject | undefined,
    backfill: boolean,
  ) {
    this.record = record;
    this.alertType = alertType;
    this.time = time;
    // Identical records without an id differ by their copy number alone, in quarantine as well.
    this.fingerprint = identity.key ? identity.content : entry.key;
    this.update = update;
    this.changed = changed;
    this.backfill = backfill;
    this.entry = entry;
    this.possibleDuplicate = possibleDuplicate;
  }
}
