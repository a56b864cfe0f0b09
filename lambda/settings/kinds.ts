import * as z from 'zod/mini';
import { endpoint, flag, jsonOf, listOf, oneOf, orJsonList, wholeNumber } from './readers.ts';

/** A text that reads differently in the context (`-c`, cdk.json) and in the environment of the function. */
export interface Texts {
  readonly context: string;
  readonly environment: string;
}

const SECONDS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;

/** Units of time that the context counts in. */
export type Unit = keyof typeof SECONDS;

export const secondsOf = (unit: Unit): number => SECONDS[unit];

/** Values of one kind: how the context is read, and what is allowed. */
export interface ContextKind<Value = unknown> {
  readonly context: z.ZodMiniType<Value>;
  readonly allowed: string | Texts;
  /** Lengths of time: the unit that the context counts in. The environment counts seconds, a prop is a `Duration`. */
  readonly unit?: Unit;
}

/** Values of one kind that the environment of the function holds too: how they are read from it and written to it. */
export interface Kind<Value = unknown> extends ContextKind<Value> {
  readonly environment: z.ZodMiniType<Value>;
  readonly allowed: Texts;
  /** The text of the environment. What is not allowed is written too: reading it again reports every problem at once. */
  write(value: Value): string;
}

const same = (text: string): Texts => ({ context: text, environment: text });

const written = (value: unknown): string => String(value);

export const switched = (): Kind<boolean> => ({
  environment: flag(),
  context: flag(),
  allowed: same('true, false'),
  write: written,
});

/** @param meant see {@link oneOf} */
export const word = <const T extends readonly [string, ...string[]]>(
  words: T,
  meant?: (text: string) => T[number] | undefined,
): Kind<T[number]> => ({
  environment: oneOf(words, meant),
  context: oneOf(words, meant),
  allowed: same(words.join(', ')),
  write: written,
});

/**
 * What only the context holds.
 * @param allowed what the reader takes, in words
 */
export const inContext = <Value>(reader: z.ZodMiniType<Value>, allowed: string): ContextKind<Value> => ({
  context: reader,
  allowed,
});

/** @param allowed what the reader takes, in words */
export const text = (reader: z.ZodMiniType<string>, allowed: string): Kind<string> => ({
  environment: reader,
  context: reader,
  allowed: same(allowed),
  write: written,
});

export const count = (min: number, max: number): Kind<number> => ({
  environment: wholeNumber(min, max),
  context: wholeNumber(min, max),
  allowed: { context: `a whole number from ${min} to ${max}`, environment: `${min} to ${max}` },
  write: written,
});

/**
 * A length of time.
 * @param maxSeconds the longest one
 * @param unit what the context counts in
 */
export function lengthOfTime<U extends Unit>(
  maxSeconds: number,
  unit: U,
): Kind<number> & { readonly unit: U } {
  const max = maxSeconds / SECONDS[unit];
  return {
    environment: wholeNumber(0, maxSeconds),
    context: wholeNumber(0, max),
    allowed: { context: `a whole number from 0 to ${max}`, environment: `0 to ${maxSeconds} seconds` },
    unit,
    write: written,
  };
}

/**
 * A list: separated by commas, or in the context a JSON list.
 * @param allowed the form of an item, in words
 */
export const list = <T extends string>(item: z.ZodMiniType<T>, allowed: Texts): Kind<T[]> => ({
  environment: listOf(item),
  context: orJsonList(listOf(item)),
  allowed,
  write: (values) => values.join(','),
});

export const json = <T extends z.ZodMiniType>(schema: T, allowed: Texts): Kind<z.output<T>> => ({
  environment: jsonOf(schema) as z.ZodMiniType<z.output<T>>,
  context: jsonOf(schema) as z.ZodMiniType<z.output<T>>,
  allowed,
  write: (value) => JSON.stringify(value),
});

/** An origin to send keys to. What runs in AWS has no service of its own to talk to, for which alone the function takes http. */
export const origin = (): Kind<string> => ({
  environment: endpoint(),
  context: endpoint().check(z.refine((url) => !url.startsWith('http:'), { error: 'is not an https URL' })),
  allowed: {
    context: 'an https URL',
    environment: 'an https URL, or an http URL of a loopback address',
  },
  write: written,
});
