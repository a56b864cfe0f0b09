import { describe, expect, it } from 'vitest';
import { Batch, type Item } from '../../lambda/forwarder/core/batch.ts';
import { DUPLICATE_MARK_BYTES, markedText } from '../../lambda/forwarder/core/encode.ts';
import { itemOf } from '../support/delivery.ts';

const MAX_BYTES = 4_500_000;

function filled(items: readonly Item[]): Batch {
  const batch = new Batch();
  for (const item of items) batch.add(item);
  return batch;
}

describe('a batch', () => {
  it('F52 takes exactly 4.5e6 bytes, brackets, commas and marks counted, and not one more', () => {
    const nine = Array.from({ length: 9 }, () => itemOf(0, { details: 'x'.repeat(225_000) }));
    const used = nine.reduce((sum, { encoded }) => sum + encoded.bytes + 1, '[]'.length);
    const last = (bytes: number) => {
      const base = itemOf(0, { details: '', padding: '' }).encoded.bytes;
      return itemOf(0, { details: '', padding: 'x'.repeat(bytes - base) });
    };
    const batches = [filled(nine), filled(nine.map((item) => ({ ...item })))];

    const added = [batches[0]?.add(last(MAX_BYTES - used)), batches[1]?.add(last(MAX_BYTES - used + 1))];

    expect(added).toEqual([true, false]);
  });

  it('F52 never measures more than the cap, also when every log of it is marked', () => {
    const batch = new Batch();
    while (batch.add(itemOf(0, { details: '日'.repeat(100_000) })));

    const { items } = batch.take();
    const marked = `[${items.map(({ encoded }) => markedText(encoded)).join(',')}]`;

    expect(Buffer.byteLength(marked)).toBeLessThanOrEqual(MAX_BYTES);
    expect(items.length).toBeGreaterThan(5);
  });

  it('F52 takes 1000 logs and not one more', () => {
    const batch = filled(Array.from({ length: 999 }, (_, n) => itemOf(n)));

    expect([batch.add(itemOf(999)), batch.add(itemOf(1000))]).toEqual([true, false]);
    expect(batch.take().items).toHaveLength(1000);
  });

  it('that is empty takes a log of any size, so that none is left behind', () => {
    expect(new Batch().add(itemOf(0, { padding: 'x'.repeat(MAX_BYTES * 2) }))).toBe(true);
  });

  it('hands out its items and their body in order and starts anew', () => {
    const texts = [1, 2].map((n) => itemOf(n, { details: `日 "${n}" 😀` }).encoded.text);
    const items = [1, 2].map((n) => itemOf(n, { details: `日 "${n}" 😀` }));
    const batch = filled(items);

    const taken = batch.take();

    expect(taken.items).toEqual(items);
    expect(taken.body.toString()).toBe(`[${texts.join(',')}]`);
    expect(taken.items.map(({ encoded }) => encoded.text)).toEqual(texts);
    expect(batch.take()).toMatchObject({ items: [], body: Buffer.from('[]') });
  });

  it('keeps what it holds when it has to grow, and what was handed out says the same', () => {
    const items = Array.from({ length: 300 }, (_, n) => itemOf(n, { details: 'é'.repeat(n * 10) }));
    const texts = items.map(({ encoded }) => encoded.text);

    const { body } = filled(items).take();

    expect(body.toString()).toBe(`[${texts.join(',')}]`);
    expect(items.map(({ encoded }) => encoded.text)).toEqual(texts);
    expect(items[0]?.encoded.bytes).toBe(Buffer.byteLength(texts[0] ?? '') + DUPLICATE_MARK_BYTES);
  });
});
