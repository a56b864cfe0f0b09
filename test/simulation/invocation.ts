import type { Stream } from '../../lambda/contract.ts';
import type { Range } from '../../lambda/forwarder/core/ports.ts';
import type { StreamReport } from '../../lambda/forwarder/core/runs/report.ts';
import type { Hole, Lease } from '../../lambda/forwarder/core/state-ports.ts';
import type { Clock } from '../../lambda/shared/clock.ts';
import { ListRequests } from './list-requests.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How one invocation of the function ended, as the platform sees it. */
export type Ending = 'running' | 'finished' | 'crashed' | 'timed out';

/** One invocation of the function: its machine, which may freeze or die, and what is noted of it for the checker. */
export class Invocation {
  readonly id: number;
  /** Epoch milliseconds of the true time. */
  readonly startedAt: number;
  endedAt: number | undefined;
  ending: Ending = 'running';
  /** What it does, as its operator or the schedule asked. */
  action: 'run' | 'backfill' | 'replay' = 'run';
  /** What a backfill may post, below the range of the live run. */
  backfillOf: Range | undefined;
  reports: Partial<Record<Stream, StreamReport>> = {};
  readonly lists = new ListRequests();
  /** The holes of each stream that it serves, when it began. */
  readonly holesBefore = new Map<Stream, readonly Hole[]>();
  /** Up to which time, in epoch seconds, each of them had been read. */
  readonly watermarksBefore = new Map<Stream, number>();
  readonly leases = new Map<Stream, Lease>();
  /** What the call count was when an hour of the ledger was first read, by stream and hour. */
  readonly ledgerReads = new Map<string, number>();
  /** How many ledger chunks may not have been written although their logs were accepted, by stream. */
  readonly failedNotes = new Map<Stream, number>();
  /** Total of logs in posts that were answered with a success, by stream. */
  readonly confirmed = new Map<Stream, number>();
  frozenMs = 0;
  readonly clock: Clock;
  /** The machine's wall clock at a true time, both in epoch milliseconds. */
  readonly wallAt: (moment: number) => number;
  readonly #time: VirtualTime;
  #frozenUntil = 0;

  /** @param clockError milliseconds by which the machine's wall clock is ahead at a true time */
  constructor(id: number, time: VirtualTime, clockError: (now: number) => number) {
    this.id = id;
    this.#time = time;
    this.startedAt = time.now;
    this.wallAt = (moment) => moment + clockError(moment);
    this.clock = {
      wall: () => this.wallAt(time.now),
      monotonic: () => time.now - this.startedAt - this.frozenMs,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const wake = () => this.deliver(resolve);
          signal?.addEventListener('abort', wake);
          time.at(time.now + ms, wake);
        }),
    };
  }

  get alive(): boolean {
    return this.ending === 'running';
  }

  end(ending: Ending): void {
    if (!this.alive) return;
    this.ending = ending;
    this.endedAt = this.#time.now;
  }

  /** The machine stands still: nothing reaches the code, its monotonic clock does not move. */
  freeze(ms: number): void {
    this.frozenMs += ms;
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#time.now) + ms;
  }

  /** Gives the code a result: later when the machine is frozen, never when it is dead. */
  deliver(result: () => void): void {
    if (!this.alive) return;
    if (this.#frozenUntil > this.#time.now) this.#time.at(this.#frozenUntil, () => this.deliver(result));
    else result();
  }

  /** The platform's limit, counted in the machine's own time. */
  killAfter(ms: number): void {
    const check = () => {
      const left = ms - this.clock.monotonic();
      if (left <= 0) this.end('timed out');
      else if (this.alive) this.#time.at(this.#time.now + left, check);
    };
    this.#time.at(this.startedAt + ms, check);
  }
}
