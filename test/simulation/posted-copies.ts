import type { Stream } from '../../lambda/contract.ts';
import type { Post } from './datadog-intake.ts';
import { Violation } from './gateway.ts';
import type { Scenario } from './scenario.ts';

/** Twice whole, and at the end three times alone instead of once. */
const MOST_BESIDE_HALVES = 4;

/** P2: how often one run may bring the same log to Datadog, whatever Datadog answers. */
export class PostedCopies {
  readonly #copies = new Map<string, number>();
  readonly #most: number;

  constructor({ maxBatchLogs, truths }: Pick<Scenario, 'maxBatchLogs' | 'truths'>) {
    const largestBatch = Math.max(1, Math.min(maxBatchLogs, truths.length));
    this.#most = MOST_BESIDE_HALVES + Math.ceil(Math.log2(largestBatch));
  }

  accepted({ invocation }: Post, stream: Stream, fingerprint: string): void {
    const key = `${invocation.id} ${stream} ${fingerprint}`;
    const copies = (this.#copies.get(key) ?? 0) + 1;
    this.#copies.set(key, copies);
    if (copies > this.#most) {
      throw new Violation('P2', `Run ${invocation.id} brings a log to Datadog ${copies} times.`, fingerprint);
    }
  }
}
