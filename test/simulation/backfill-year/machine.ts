import { type Ending, Invocation } from '../invocation.ts';
import type { VirtualTime } from '../virtual-time.ts';

/** What becomes of a call. `lost`: it took effect, but the caller does not hear so. */
export type CallFate = 'ok' | 'refused' | 'lost' | 'crash before' | 'crash after';

export interface MachineCall<T> {
  latencyMs: number;
  fate: CallFate;
  /** What the other side does. What it throws or returns is the answer. */
  act: () => T;
  /** The answer when the call did not take effect, or its answer got lost. */
  fail: (fate: 'refused' | 'lost') => T;
  /** Does not wait until the processor is free: it was asked for before the work began. */
  ahead?: boolean;
}

/** One invocation on a machine of its own, whose one processor works on what it was given before it does anything else. */
export class Machine extends Invocation {
  readonly #time: VirtualTime;
  readonly #onEnd: (ending: Ending) => void;
  #busyUntil = 0;

  constructor(id: number, time: VirtualTime, onEnd: (ending: Ending) => void) {
    super(id, time, () => 0);
    this.#time = time;
    this.#onEnd = onEnd;
  }

  override end(ending: Ending): void {
    const wasAlive = this.alive;
    super.end(ending);
    if (wasAlive) this.#onEnd(ending);
  }

  /** The processor is busy for so long from now on, or from when it would have been free. */
  work(ms: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, this.#time.now) + ms;
  }

  /** Settles when virtual time has come so far; never on a machine that has died. */
  call<T>({ latencyMs, fate, act, fail, ahead = false }: MachineCall<T>): Promise<T> {
    const time = this.#time;
    return new Promise((resolve, reject) => {
      if (!this.alive) return;
      if (fate === 'crash before') {
        this.end('crashed');
        return;
      }
      const departs = ahead ? time.now : Math.max(time.now, this.#busyUntil);
      time.at(departs + latencyMs, () => {
        let answer: () => T;
        try {
          const value = fate === 'refused' ? undefined : act();
          answer = () => (fate === 'refused' || fate === 'lost' ? fail(fate) : (value as T));
        } catch (error) {
          answer = () => {
            throw error;
          };
        }
        if (fate === 'crash after') this.end('crashed');
        time.at(Math.max(time.now, this.#busyUntil), () =>
          this.deliver(() => {
            try {
              resolve(answer());
            } catch (error) {
              reject(error);
            }
          }),
        );
      });
    });
  }
}
