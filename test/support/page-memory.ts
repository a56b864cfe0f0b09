import fc from 'fast-check';
import { Unreadable } from '../../lambda/forwarder/core/memory/pages.ts';
import { canonicalForm } from '../../lambda/forwarder/core/records/canonical-json.ts';
import { readPage } from '../../lambda/forwarder/valence/page-text.ts';
import { MAX_PAGE_BYTES } from '../../lambda/limits.ts';
import { TooMuchJson } from '../../lambda/shared/json-structure.ts';

/**
 * A program that reads pages of 20 MB which a hostile source might make up, and writes how much memory that took at most, in MiB. It
 * runs in a process of its own, with the flags of the function.
 * @param argv[2] how many pages it makes up at random, after the known ones
 */

class Malformed extends Error {}

/** What a page is filled with. What opens is closed as often. */
const FILLINGS: readonly (readonly [unit: string, closing: string])[] = [
  ['[', ']'],
  ['{"a":', '}'],
  ['[1,', ']'],
  ['[],', ''],
  ['{},', ''],
  ['1,', ''],
  ['12345678901234567890,', ''],
  ['1e9,', ''],
  ['{"a":1},', ''],
  ['"",', ''],
  ['a', ''],
  ['€', ''],
  ['\n', ''],
  ['"" \n', ''],
  ['\\u0041', ''],
  ['\\', ''],
];

/** Where the filling is: before it and behind it. */
const PLACES: readonly (readonly [before: string, behind: string])[] = [
  ['{"items":[{"a":', '},{"b":12345678901234567890}]}'],
  ['{"items":[{"a":[', '0]},{"b":12345678901234567890}]}'],
  ['{"items":[{"n":12345678901234567890,"a":"', '"}]}'],
  ['{"x":', ',"items":[{"b":1}]}'],
  ['{"x":[', '0],"items":[{"b":1}]}'],
  ['{"items":[{"b":1},', '0]}'],
  ['{"x":{"items":1},"items":[{"a":[', '0]}]}'],
  ['', ''],
];

function page(place: (typeof PLACES)[number], filling: (typeof FILLINGS)[number], bytes: number): Buffer {
  const [unit, closing] = filling;
  const times = Math.floor(bytes / Buffer.byteLength(unit + closing));
  return Buffer.concat([
    Buffer.from(place[0]),
    Buffer.alloc(times * Buffer.byteLength(unit), unit),
    ...(closing === '' ? [] : [Buffer.from('0'), Buffer.alloc(times, closing)]),
    Buffer.from(place[1]),
  ]);
}

/** Reads a page as a scan does, and each of its records as a slice does. */
function read(bytes: Buffer): void {
  try {
    const { records = [] } = readPage(bytes, {
      itemsPath: 'items',
      apart: true,
      malformed: () => new Malformed(),
    });
    for (const record of records) if (!(record instanceof Unreadable)) canonicalForm(record);
  } catch (error) {
    const isExpected = [SyntaxError, TooMuchJson, Malformed].some((kind) => error instanceof kind);
    if (!isExpected) throw error;
  }
}

const bytes = MAX_PAGE_BYTES - 100;
for (const place of PLACES.slice(0, 3))
  for (const filling of FILLINGS.slice(0, 7)) read(page(place, filling, bytes));
fc.assert(
  fc.property(
    fc.constantFrom(...PLACES),
    fc.constantFrom(...FILLINGS),
    fc.integer({ min: 1, max: 20 }),
    (place, filling, part) => read(page(place, filling, bytes / part)),
  ),
  { numRuns: Number(process.argv[2]), endOnFailure: true },
);
process.stdout.write(`${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
