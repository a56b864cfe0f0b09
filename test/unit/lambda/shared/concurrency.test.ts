import { describe, expect, it } from 'vitest';
import { inPool } from '../../../../lambda/shared/concurrency.ts';

/** Lets all work that waits for nothing else go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a pool', () => {
  it('works on no more items at a time than its limit, and returns the results in the order of the items', async () => {
    let [running, most] = [0, 0];
    const results = await inPool([5, 1, 4, 2, 3], 2, async (item, index) => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < item; turn++) await settle();
      running--;
      return `${index}: ${item}`;
    });

    expect(results).toEqual(['0: 5', '1: 1', '2: 4', '3: 2', '4: 3']);
    expect(most).toBe(2);
  });

  it('begins no further item after a failure, and throws once the work under way has ended', async () => {
    const begun: number[] = [];
    let hasEnded = false;
    const work = inPool([0, 1, 2, 3], 2, async (item) => {
      begun.push(item);
      if (item === 0) throw new Error('the first');
      await settle();
      hasEnded = true;
    });

    await expect(work).rejects.toThrow('the first');
    expect(begun).toEqual([0, 1]);
    expect(hasEnded).toBe(true);
  });

  it('of no items has no results', async () => {
    expect(await inPool([], 3, async () => 1)).toEqual([]);
  });
});
