import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { DAY_SECONDS, MAX_BATCH_LOGS } from '../../limits.ts';
import { StateError } from '../../shared/errors.ts';
import { shellWord } from '../../shared/shell.ts';
import type {
  Hole,
  IdentityHistory,
  IdentityRules,
  LeaseRequest,
  Progress,
  StreamState,
} from '../core/state-ports.ts';

/** The item that holds a stream's state: how it is read, and which values are not valid. */

/** Version of the item's layout. An older forwarder must not touch what a newer one wrote. */
export const SCHEMA_VERSION = 2;

/**
 * Version 1 had no save counter, start point, holes, batch cap or identity rules. A run takes an item of this version as it is: the attributes that it lacks
 * have defaults.
 */
export const FORMER_SCHEMA_VERSION = 1;

/** No usable clock is wrong by this much, so a run never wrote a later time. */
const MAX_AHEAD_SECONDS = DAY_SECONDS;

/**
 * Fences of ledger chunks begin above all epoch seconds, from which fences start again after a state item was lost, and
 * above the fences that backfills of earlier versions had. The sort key has room for ten digits.
 */
const FIRST_LEDGER_FENCE = 6_000_000_000;

/** The name of the counter from which runs and backfills get their ledger fences. */
export const LEDGER_FENCE = 'ledgerFence';

/** The value of the counter before the first fence. */
export const ledgerFenceBefore = (now: number): number => FIRST_LEDGER_FENCE + now;

export type Item = Record<string, AttributeValue>;

/** The key of a stream's state item. */
export const stateKey = (stream: string): Item => ({ pk: { S: stream }, sk: { S: 'STATE' } });

const NOT_A_NUMBER = { error: 'is missing or not a number' };

/** An attribute of another kind has no `S`. */
const text = z.string({ error: 'Invalid input: expected string, received undefined' });

const number = z.pipe(
  z.object({ N: z.string(NOT_A_NUMBER) }, NOT_A_NUMBER),
  z.transform(({ N }) => Number(N)),
);

const wholeNumber = z.pipe(
  number,
  z.int({ error: 'is not a whole number' }).check(z.nonnegative({ error: 'is negative' })),
);

const positiveNumber = z.pipe(wholeNumber, z.number().check(z.positive({ error: 'is zero' })));

/** What an attribute holds as JSON text. Whatever is wrong within it, the message is about the attribute as a whole. */
const jsonText = <T extends z.ZodMiniType>(schema: T, otherwise: string) =>
  z.pipe(
    z.object({ S: text }, { error: 'is not text' }),
    z.transform(({ S }, { issues }): z.output<T> => {
      const parsed = schema.safeParse(parsedJson(S));
      if (parsed.success) return parsed.data;
      issues.push({ code: 'custom', message: otherwise, input: S });
      return z.NEVER;
    }),
  );

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const printedNumber = z.int().check(z.nonnegative());

const printedHoles = z.array(
  z.strictObject({
    from: printedNumber,
    to: printedNumber,
    status: z.union([z.int(), z.enum(['timeout', 'broken', 'cut'])]),
    since: printedNumber,
    refusedAt: printedNumber,
    doubt: z.boolean(),
  }),
);

/** All holes are in one attribute. */
const holes: z.ZodMiniType<readonly Hole[]> = jsonText(printedHoles, 'is not a list of ranges as JSON');

const printedRules = z.tuple([z.array(z.string()), z.array(z.string()), z.array(z.string())]);
const printedIdentity = z.strictObject({
  now: printedRules,
  former: z.array(z.tuple([printedNumber, printedRules])),
});

const rulesIn = ([alertKey, volatileFields, unorderedFields]: z.output<
  typeof printedRules
>): IdentityRules => ({
  alertKey,
  volatileFields,
  unorderedFields,
});

const printed = ({ alertKey, volatileFields, unorderedFields }: IdentityRules) =>
  [alertKey, volatileFields, unorderedFields] as const;

/** Lists without names: the item of an idle stream must stay below 1 KB, which costs one write unit. */
const identity = z.pipe(
  jsonText(printedIdentity, 'is not a history of identity rules as JSON'),
  z.transform(
    ({ now, former }): IdentityHistory => ({
      now: rulesIn(now),
      former: former.map(([until, rules]) => ({ until, rules: rulesIn(rules) })),
    }),
  ),
);

const identityText = ({ now, former }: IdentityHistory): string =>
  JSON.stringify({
    now: printed(now),
    former: former.map(({ until, rules }) => [until, printed(rules)]),
  });

const numbersShape = {
  saves: z._default(wholeNumber, 0),
  startPoint: z._default(wholeNumber, 0),
  typesMissingSince: z._default(wholeNumber, 0),
  postsOutside: z._default(wholeNumber, 0),
  watermark: wholeNumber,
  finalWatermark: wholeNumber,
  sweepPosition: wholeNumber,
  slice: wholeNumber,
  sweepSlice: wholeNumber,
  freshEnd: wholeNumber,
  sweepEnd: wholeNumber,
  sweptAt: wholeNumber,
  freshDoubtEnd: wholeNumber,
  sweepDoubtEnd: wholeNumber,
  lastRecordAt: wholeNumber,
  batchCap: z._default(positiveNumber, MAX_BATCH_LOGS),
} satisfies Record<Exclude<keyof Progress, 'holes' | 'identity'>, z.ZodMiniType>;

const NUMBERS = Object.keys(numbersShape) as (keyof typeof numbersShape)[];

/** The attributes of version 1, without which a stream cannot run. */
export const REQUIRED_NUMBERS = NUMBERS.filter((name) => !(numbersShape[name] instanceof z.ZodMiniDefault));

/** The attributes that a run saves as it goes. */
export const progressValues = (progress: Progress): Item => ({
  ...Object.fromEntries(NUMBERS.map((name) => [name, { N: String(progress[name]) }])),
  holes: { S: JSON.stringify(progress.holes) },
  ...(progress.identity && { identity: { S: identityText(progress.identity) } }),
});

const flag = z.object({ BOOL: z.boolean() });

const itemSchema = z.object({
  ...numbersShape,
  holes: z._default(holes, []),
  identity: z.optional(identity),
  initialUntil: wholeNumber,
  // A fence of zero would let the first lease after a repair count as older than the chunks before it.
  fence: positiveNumber,
  leaseUntil: wholeNumber,
  lastRunAt: wholeNumber,
  // Absent after a release.
  owner: z._default(
    z.pipe(
      z.object({ S: text }),
      z.transform(({ S }) => S),
    ),
    '',
  ),
  // An unreadable flag does not prove that everything was acknowledged. (`z.catch` would bring 8 KiB into the bundle.)
  clean: z.transform((given) => flag.safeParse(given).data?.BOOL ?? false),
});

/** The progress of a stream that has no state yet. */
export const initialProgress = ({ start, now, slice }: LeaseRequest): Progress => ({
  saves: 0,
  startPoint: start,
  typesMissingSince: 0,
  postsOutside: 0,
  holes: [],
  watermark: start,
  finalWatermark: start,
  sweepPosition: start,
  slice,
  sweepSlice: slice,
  freshEnd: start,
  sweepEnd: start,
  sweptAt: now,
  freshDoubtEnd: start,
  sweepDoubtEnd: start,
  lastRecordAt: 0,
  batchCap: MAX_BATCH_LOGS,
});

/** The latest time that a run can have written by now. */
export const latestAt = (now: number): number => now + MAX_AHEAD_SECONDS;

function problemsOf(state: StreamState, now: number | undefined): string[] {
  const latest = latestAt(now ?? Number.POSITIVE_INFINITY);
  const ahead = (['watermark', 'leaseUntil'] as const)
    .filter((field) => state[field] > latest)
    .map((field) => `${field} is more than a day in the future`);
  return state.finalWatermark > state.watermark
    ? [...ahead, 'finalWatermark is later than watermark']
    : ahead;
}

/**
 * Reads a state item.
 * @param where the table and stream, for the error
 * @param now epoch seconds; without it, times are not compared with the clock
 * @throws {StateError} `state-newer-schema` or `state-corrupt`, naming table, key and what to do
 */
export function parseState(item: Item, where: { table: string; stream: string }, now?: number): StreamState {
  const { table, stream } = where;
  const key = `{"pk":{"S":"${stream}"},"sk":{"S":"STATE"}}`;
  const version = Number(item['schemaVersion']?.N);
  if (version > SCHEMA_VERSION) {
    throw new StateError(
      'state-newer-schema',
      `The item ${key} of table ${table} has schema version ${version}; this forwarder supports ${SCHEMA_VERSION}.`,
      'Deploy the version of the forwarder that wrote it, or a later one.',
    );
  }
  const parsed = itemSchema.safeParse(item);
  const problems = parsed.success
    ? problemsOf(parsed.data, now)
    : parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`);
  if (version !== SCHEMA_VERSION && version !== FORMER_SCHEMA_VERSION)
    problems.push('schemaVersion is missing or unknown');
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new StateError(
    'state-corrupt',
    `The item ${key} of table ${table} is not valid: ${problems.join('; ')}.`,
    `Correct it (aws dynamodb update-item), restore the table to a point in time, or delete it to start the stream from the beginning: aws dynamodb delete-item --table-name ${shellWord(table)} --key ${shellWord(key)}`,
  );
}
