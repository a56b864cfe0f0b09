import { describe, expect, it } from 'vitest';
import { BodyBytes } from '../../../../lambda/shared/body-bytes.ts';
import { reusedBytes } from '../../../../lambda/shared/http.ts';
import { heapAfter } from '../../../support/heap.ts';

const text = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => index % 251));

describe('the bytes of a body', () => {
  it.each([
    ['nothing', 0, 1],
    ['pieces of odd sizes below the limit', 1_999_999, 7_777],
    ['exactly the limit', 2_000_000, 65_536],
    ['a piece across the limit and several blocks', 3_000_001, 1_900_000],
    ['one piece', 5_000_000, 5_000_000],
    ['tiny pieces', 2_600_000, 3],
  ])('are those that came: %s', (_, length, pieceLength) => {
    const sent = text(length);
    const into = reusedBytes();
    const body = new BodyBytes(into);

    for (let at = 0; at < length; at += pieceLength) body.add(sent.subarray(at, at + pieceLength));

    expect(body.whole().equals(sent)).toBe(true);
    // A second body in the same memory.
    const next = new BodyBytes(into);
    next.add(Buffer.from('short'));
    expect(next.whole().toString()).toBe('short');
  });

  it('F91 take their own size in memory, however small the pieces are', () => {
    const body = new BodyBytes(reusedBytes());
    body.add(Buffer.alloc(2_000_000));

    const grown = heapAfter(() => {
      for (let piece = 0; piece < 500_000; piece++) body.add(Buffer.alloc(1));
    });

    expect(grown).toBeLessThan(5_000_000);
    expect(body.whole()).toHaveLength(2_500_000);
  });
});
