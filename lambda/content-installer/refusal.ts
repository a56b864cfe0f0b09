import * as z from 'zod';

/** Enough for every problem of one body, and short enough for the event that CloudFormation shows. */
const MAX_LENGTH = 1500;

const text = z.union([
  z.string(),
  z.record(z.string(), z.unknown()).transform((value) => JSON.stringify(value)),
]);

/** Two shapes are in use: a list of errors (texts, or objects), and one error with a message and details. */
const refusal = z.union([
  z.object({ errors: z.array(text) }).transform(({ errors }) => errors),
  z
    .object({ error: z.object({ message: z.string().optional(), details: z.array(text).nullish() }) })
    .transform(({ error }) => [error.message ?? '', ...(error.details ?? [])]),
]);

/**
 * Datadog's reason for a refusal, or an empty text when the answer has none of Datadog's shapes.
 * @param body of an answer that is not a success
 * @param secrets texts that are not to be shown, should the answer quote them
 */
export function refusalText(body: string, secrets: readonly string[]): string {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return '';
  }
  const parsed = refusal.safeParse(json);
  if (!parsed.success) return '';
  const reason = parsed.data.filter((part) => part !== '').join('; ');
  const shown = secrets.reduce((whole, secret) => whole.replaceAll(secret, '(key)'), reason);
  return shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}...` : shown;
}
