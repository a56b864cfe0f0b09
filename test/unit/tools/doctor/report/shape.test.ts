import { expect, it } from 'vitest';
import { shapeOf } from '../../../../../tools/doctor/report/shape.ts';

it('has the kinds of values, never the values', () => {
  expect(
    shapeOf({
      items: [
        { actor: 'alice@example.com', timeEpoch: 1_767_000_000, ok: true },
        { actor: null, timeEpoch: '1767000000000', ok: false },
      ],
      next: 'https://host/alerts?token=secret',
      hasMore: true,
    }),
  ).toEqual({
    object: {
      items: {
        list: 2,
        of: { object: { actor: 'null|text', timeEpoch: 'epoch-s|text-of-epoch-ms', ok: 'boolean' } },
      },
      next: 'absolute-url',
      hasMore: 'true',
    },
  });
});

it.each([
  ['2026-01-01T00:00:00Z', 'date-in-seconds'],
  ['2026-01-01T00:00:00.000Z', 'date'],
  ['2026-01-01T00:00:00.000Z[Etc/UTC]', 'date-with-zone-name'],
  ['/alerts?cursor=1', 'relative-url'],
  ['', 'empty-text'],
  ['Alice Example', 'text'],
  [1_767_000_000_000_000, 'epoch-us'],
  [7, 'integer'],
  [0.5, 'number'],
])('knows the kind of %j', (value, kind) => {
  expect(shapeOf(value)).toBe(kind);
});

it('keeps no name that may be data: of a map, of few records, or with numbers or spaces in it', () => {
  const records = [
    { who: { alice: { seen: 1 } }, tags: { plan: 'a', owner: 'b' } },
    { who: { bob: { seen: 2 } }, tags: { plan: 'c', owner: 'd' } },
    { who: { carol: { seen: 3 } }, tags: { plan: 'e', owner: 'f' } },
  ];

  expect(shapeOf(records)).toEqual({
    list: 3,
    of: {
      object: {
        who: { object: { '*': { object: { '*': 'integer' } } } },
        tags: { object: { plan: 'text', owner: 'text' } },
      },
    },
  });
  expect(shapeOf({ 'tenant-12345': 1, 'Alice Example': 2 })).toEqual({ object: { '*': 'integer' } });
});

it('keeps no inner name of a single record', () => {
  expect(shapeOf([{ who: { alice: 'admin' } }])).toEqual({
    list: 1,
    of: { object: { who: { object: { '*': 'text' } } } },
  });
});
