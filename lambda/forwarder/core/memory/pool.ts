/** What a {@link Pool} can lend again. */
interface Clearable {
  /** Removes the contents and keeps the memory. */
  clear(): void;
}

/** Lends large objects that are expensive to allocate, one borrower at a time. It grows to the most lent at once. */
export class Pool<T extends Clearable> {
  readonly #make: () => T;
  readonly #spare: T[] = [];

  constructor(make: () => T) {
    this.#make = make;
  }

  /**
   * Lends an object for the duration of a piece of work, and clears it when the work has ended.
   * @throws the error of the work
   */
  async use<R>(work: (lent: T) => Promise<R>): Promise<R> {
    const lent = this.#spare.pop() ?? this.#make();
    try {
      return await work(lent);
    } finally {
      lent.clear();
      this.#spare.push(lent);
    }
  }
}
