import { describe, expect, it } from 'vitest';
import { Batch, type Item } from '../../lambda/forwarder/core/batch.ts';
import { itemOf } from '../support/delivery.ts';

const MAX_BYTES = 4_500_000;

const ofBytes = (bytes: number): Item => {
  const item = itemOf(0);
  return { ...item, encoded: { ...item.encoded, bytes } };
};

function filled(items: readonly Item[]): Batch {
  const batch = new Batch();
  for (const item of items) batch.add(item);
  return batch;
}

describe('a batch', () => {
  it('F52 takes exactly 4.5e6 bytes, brackets and commas counted, and not one more', () => {
    const batch = filled([ofBytes(2_000_000), ofBytes(2_000_000)]);
    const room = MAX_BYTES - 2 - 2_000_000 - 1 - 2_000_000 - 1;

    expect(batch.fits(ofBytes(room))).toBe(true);
    expect(batch.fits(ofBytes(room + 1))).toBe(false);
  });

  it('F52 is never longer than what it counted, when every log of it is marked', () => {
    const items = [1, 2, 3].map((n) => itemOf(n));
    const body = `[${items.map(({ encoded }) => 'x'.repeat(encoded.bytes)).join(',')}]`;
    const counted = filled(items);

    expect(counted.fits(ofBytes(MAX_BYTES - body.length - 1))).toBe(true);
    expect(counted.fits(ofBytes(MAX_BYTES - body.length))).toBe(false);
  });

  it('F52 takes 1000 logs and not one more', () => {
    const batch = filled(Array.from({ length: 999 }, (_, n) => itemOf(n)));

    expect(batch.fits(itemOf(999))).toBe(true);
    batch.add(itemOf(999));
    expect(batch.fits(itemOf(1000))).toBe(false);
  });

  it('that is empty takes a log of any size, so that none is left behind', () => {
    expect(new Batch().fits(ofBytes(MAX_BYTES * 2))).toBe(true);
  });

  it('hands out its items in order and starts anew', () => {
    const items = [1, 2].map((n) => itemOf(n));
    const batch = filled(items);

    expect(batch.take()).toEqual(items);
    expect(batch.take()).toEqual([]);
    expect(batch.fits(ofBytes(MAX_BYTES * 2))).toBe(true);
  });
});
