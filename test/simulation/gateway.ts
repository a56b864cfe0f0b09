import type { Invocation } from './invocation.ts';
import type { VirtualTime } from './virtual-time.ts';

export type CallKind = 'source' | 'sink' | 'store' | 'quarantine';

/** The outcome of a call. */
export interface Fate {
  /** `lost`: it took effect, but the caller receives no answer. `repeated`: a library repeats it automatically. */
  result: 'ok' | 'refused' | 'lost' | 'repeated';
  /** Milliseconds until it takes effect and is answered. */
  delayMs: number;
  crash?: 'before' | 'after' | undefined;
  /** Milliseconds after which it takes effect once more, or for the first time if it was refused: a delayed attempt of a library. */
  againMs?: number | undefined;
  /** Milliseconds for which the caller's machine freezes before it receives the answer. */
  freezeMs?: number | undefined;
}

/** A scenario with more calls would never end. */
const MAX_CALLS = 30_000;

export type DecideFate = (invocation: Invocation, kind: CallKind, number: number) => Fate;

export interface Call<T> {
  kind: CallKind;
  /** For the report of a failure: `post alerts`. */
  name: string;
  /** The effect of the call. What it throws or returns is the answer. */
  act: () => T;
  /** The answer when the call did not take effect. */
  refuse: () => T;
  /** The answer when it did, but the reply was lost. */
  lose: () => T;
  /** Milliseconds after which the caller gives up. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** Whether a delayed attempt may reach the far side later. */
  mayComeAgain?: boolean;
  /** The answer to a call that the caller's signal aborted. */
  cutOff?: () => T;
  /** Called when the caller receives the answer of {@link act}. */
  heard?: () => void;
}

/** One line of the call log. */
export interface CallEntry {
  number: number;
  /** Epoch milliseconds. */
  at: number;
  invocation: number;
  name: string;
  fate: Fate;
}

/** Every call of every port of an invocation passes through here and gets its outcome. */
export class Gateway {
  readonly log: CallEntry[] = [];
  readonly #time: VirtualTime;
  readonly #decide: DecideFate;

  constructor(time: VirtualTime, decide: DecideFate) {
    this.#time = time;
    this.#decide = decide;
  }

  /** Epoch milliseconds of the true time. */
  get now(): number {
    return this.#time.now;
  }

  /** Resolves at a moment of virtual time; never for a dead caller, so that not even a `finally` runs there. */
  call<T>(invocation: Invocation, call: Call<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!invocation.alive) return;
      const time = this.#time;
      const number = this.log.length;
      if (number > MAX_CALLS) {
        time.at(time.now, () => {
          throw new Violation('P6', `No end after ${MAX_CALLS} calls.`);
        });
        return;
      }
      const fate = this.#decide(invocation, call.kind, number);
      this.log.push({ number, at: time.now, invocation: invocation.id, name: call.name, fate });
      if (fate.crash === 'before') {
        invocation.end('crashed');
        return;
      }
      let open = true;
      const cut = () => call.cutOff && answer(call.cutOff);
      const answer = (outcome: () => T) =>
        invocation.deliver(() => {
          if (!open) return;
          open = false;
          call.signal?.removeEventListener('abort', cut);
          try {
            resolve(outcome());
          } catch (error) {
            reject(error);
          }
        });
      call.signal?.addEventListener('abort', cut);
      const { timeoutMs = Number.POSITIVE_INFINITY } = call;
      if (fate.delayMs > timeoutMs) time.at(time.now + timeoutMs, () => answer(call.lose));
      time.at(time.now + fate.delayMs, () => {
        const outcome = this.#takeEffect(call, fate);
        // Its answer reaches no caller.
        if (fate.againMs && call.mayComeAgain)
          time.at(time.now + fate.againMs, () => void outcomeOf(call.act));
        if (fate.crash === 'after') invocation.end('crashed');
        if (fate.freezeMs) invocation.freeze(fate.freezeMs);
        answer(outcome);
      });
    });
  }

  /** The other side acts also if the caller has died. */
  #takeEffect<T>({ act, refuse, lose, heard }: Call<T>, { result }: Fate): () => T {
    if (result === 'refused') return refuse;
    let outcome = outcomeOf(act);
    if (result === 'lost') return lose;
    if (result === 'repeated') outcome = outcomeOf(act);
    return () => {
      heard?.();
      return outcome();
    };
  }
}

/** A broken promise. It is never an answer of a call: violations pass through. */
export class Violation extends Error {
  readonly promise: string;
  readonly subject: unknown;

  /**
   * @param promise `P1` to `P7`
   * @param subject the record, log or state that it is about
   */
  constructor(promise: string, message: string, subject?: unknown) {
    super(message);
    this.promise = promise;
    this.subject = subject;
  }
}

function outcomeOf<T>(act: () => T): () => T {
  try {
    const value = act();
    return () => value;
  } catch (error) {
    if (error instanceof Violation) throw error;
    return () => {
      throw error;
    };
  }
}
