import type { Year } from './year.ts';

/** Counts of missing and repeated records. */
export interface Exactness {
  /** Records, twins counted, that neither Datadog nor the quarantine has. */
  missing: number;
  /** Logs that Datadog received more often than the record exists. */
  repeated: number;
  /** The most repeats that are allowed: a reply was lost, or a machine died before it could note what was accepted. */
  inDoubt: number;
  quarantined: number;
}

/** Counts the arrivals of every single record, in one byte each. */
export class Tally {
  readonly #year: Year;
  readonly #arrived: Uint8Array;
  readonly #quarantined = new Set<string>();
  readonly #quarantinedOf = new Map<number, number>();
  accepted = 0;
  inDoubt = 0;

  constructor(year: Year) {
    this.#year = year;
    this.#arrived = new Uint8Array(year.records);
  }

  /** Datadog has accepted the log of a record. */
  arrive(content: number): void {
    this.accepted++;
    this.#arrived[content] = (this.#arrived[content] ?? 0) + 1;
  }

  /** @param fingerprint a record that is quarantined twice counts once */
  quarantine(fingerprint: string, content: number): void {
    if (this.#quarantined.has(fingerprint)) return;
    this.#quarantined.add(fingerprint);
    this.#quarantinedOf.set(content, (this.#quarantinedOf.get(content) ?? 0) + 1);
  }

  /** Compares every record of the year with its arrivals. */
  exactness(): Exactness {
    const { records, contentOf } = this.#year;
    let missing = 0;
    let repeated = 0;
    for (let number = 0; number < records; number++) {
      if (contentOf(number) !== number) continue;
      const exist = number + 1 < records && contentOf(number + 1) === number ? 2 : 1;
      const arrived = (this.#arrived[number] ?? 0) + (this.#quarantinedOf.get(number) ?? 0);
      missing += Math.max(0, exist - arrived);
      repeated += Math.max(0, arrived - exist);
    }
    return { missing, repeated, inDoubt: this.inDoubt, quarantined: this.#quarantined.size };
  }
}
