import * as z from 'zod/mini';
import { isReported } from '../shared/json.ts';

/** Enough for every problem of one body, and short enough for the event that CloudFormation shows. */
const MAX_LENGTH = 1500;

/** A gateway on the way answers in pages; of those the beginning says what it was. */
const MAX_TEXT_LENGTH = 300;

const text = z.union([
  z.string(),
  z.pipe(
    z.looseObject({ title: z.optional(z.string()), detail: z.string() }),
    z.transform(({ title, detail }) => (title ? `${title}: ${detail}` : detail)),
  ),
  z.pipe(
    z.record(z.string(), z.unknown()),
    z.transform((value) => JSON.stringify(value)),
  ),
]);

/** Shapes in use: a list of errors (texts, or objects), one error with a message and details, one text. */
const refusal = z.union([
  z.pipe(
    z.object({ errors: z.array(text) }),
    z.transform(({ errors }) => errors),
  ),
  z.pipe(
    z.object({ error: z.object({ message: z.optional(z.string()), details: z.nullish(z.array(text)) }) }),
    z.transform(({ error }) => [error.message ?? '', ...(error.details ?? [])]),
  ),
  z.pipe(
    z.object({ error: z.string() }),
    z.transform(({ error }) => [error]),
  ),
  z.pipe(
    z.object({ message: z.string() }),
    z.transform(({ message }) => [message]),
  ),
]);

/** The words of an answer that is not JSON, without the marks of a web page. */
const wordsOf = (page: string): string =>
  page
    .slice(0, 20 * MAX_TEXT_LENGTH)
    .replace(/<style>[^<]*|<script>[^<]*/gi, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_TEXT_LENGTH);

/** The parsed text of an answer; undefined when it is not JSON. */
export function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function reasonIn(body: string): string {
  const json = jsonIn(body);
  if (json === undefined) return wordsOf(body);
  const known = refusal.safeParse(json);
  if (known.success) return known.data.filter((part) => part !== '').join('; ');
  return isReported(json) ? JSON.stringify(json) : '';
}

/**
 * The reason for a refusal, of Datadog or of a gateway on the way; empty when the answer gives none.
 * @param body of an answer that is not a success
 * @param secrets texts that are not to be shown, should the answer quote them
 */
export function refusalText(body: string, secrets: readonly string[]): string {
  const shown = secrets.reduce((whole, secret) => whole.replaceAll(secret, '(key)'), reasonIn(body));
  return shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}...` : shown;
}
