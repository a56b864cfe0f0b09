interface Event {
  at: number;
  order: number;
  fire: () => void;
}

const isBefore = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Lets all code that awaits a settled promise continue until it waits for time again. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Time that passes only from event to event. */
export class VirtualTime {
  /** Epoch milliseconds. */
  now: number;
  readonly #heap: Event[] = [];
  #order = 0;

  constructor(now: number) {
    this.now = now;
  }

  /**
   * Schedules an event at a moment, or at once if that has passed. Events of the same moment occur in the order of
   * scheduling.
   */
  at(moment: number, fire: () => void): void {
    const event = { at: Math.max(moment, this.now), order: this.#order++, fire };
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (!above || !isBefore(event, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  /** Processes event after event until there is none. An error in one of them ends it. */
  async run(): Promise<void> {
    for (let event = this.#take(); event; event = this.#take()) {
      this.now = event.at;
      event.fire();
      await settled();
    }
  }

  #take(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || last === first) return first;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      if (!left) break;
      const smaller = right && isBefore(right, left) ? right : left;
      if (!isBefore(smaller, last)) break;
      heap[index] = smaller;
      index = 2 * index + (smaller === left ? 1 : 2);
    }
    heap[index] = last;
    return first;
  }
}
