import { type Ending, Invocation } from '../invocation.ts';
import type { VirtualTime } from '../virtual-time.ts';

/** The outcome of a call. `lost`: it took effect, but the caller receives no answer. */
export type CallFate = 'ok' | 'refused' | 'lost' | 'crash before' | 'crash after';

export interface MachineCall<T> {
  latencyMs: number;
  fate: CallFate;
  /** The effect of the call. What it throws or returns is the answer. */
  act: () => T;
  /** The answer if the call did not take effect, or its answer was lost. */
  fail: (fate: 'refused' | 'lost') => T;
  /** Does not wait until the processor is free, because it was requested before the work began. */
  ahead?: boolean;
}

/** One invocation on its own machine with one processor, which finishes its work before it starts anything else. */
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

  /** Keeps the processor busy for so long, from now or from the end of its present work. */
  work(ms: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, this.#time.now) + ms;
  }

  /** Resolves at a moment of virtual time; never on a machine that has died. */
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
