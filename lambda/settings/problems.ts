import * as z from 'zod/mini';
import { holdsKey } from './pasted-key.ts';
import { jsonValue } from './readers.ts';
import { looksLikeKey } from './secret-id.ts';

/** What a person needs to know about one setting; the configuration tables of the docs are made from it. */
export interface SettingInfo {
  description: string;
  /** The allowed values, in words. */
  allowed: string;
  /** Never show the value, nor, of one that has parts, the whole. */
  secret?: boolean;
}

/** Attaches to a schema what a person needs to know about it. */
export const setting = <T extends z.ZodMiniType>(schema: T, info: SettingInfo): T =>
  schema.check(z.meta({ ...info }));

/** Reads back what {@link setting} attached. */
export const settingInfo = (schema: z.ZodMiniType): SettingInfo | undefined =>
  z.globalRegistry.get(schema) as SettingInfo | undefined;

const SHOWN_VALUE_LENGTH = 80;

/**
 * JSON without what may be a secret in its URLs: user, query and fragment, one of which may be what is wrong. Each pattern is
 * tried once per string, from its start: searched for, it would be tried at every colon of a text of any length.
 */
const withoutUrlSecrets = (json: string): string =>
  json
    .split('"')
    .map((part) =>
      part
        .replace(/^([^:]*:).*@/s, '$1...@')
        .replace(/^((?:(?!:\/\/|@).)*(?::\/\/|@)[^?#]*[?#]).*/s, '$1...'),
    )
    .join('"');

/** A value as a message may show it: JSON, shortened; not what looks like a key that was pasted in the wrong place. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'not set';
  if (holdsKey(json) || (typeof value === 'string' && /^[\w/+=.-]+$/.test(value) && looksLikeKey(value)))
    return '(not shown, because it looks like a key)';
  const text = withoutUrlSecrets(json);
  return text.length > SHOWN_VALUE_LENGTH ? `${text.slice(0, SHOWN_VALUE_LENGTH)}...` : text;
}

/** The value at a path. Within a value that was given as text, but not as JSON, such as a list, it is that text. */
function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((given, key) => {
    const value = jsonValue(given);
    if (typeof value === 'string') return value;
    return value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined;
  }, input);
}

/**
 * Every problem of a refused input, one sentence each: key, value (never a secret's), what is wrong, what is allowed.
 * @param schema the object schema whose fields were made by {@link setting}
 * @param suggest the key that may be meant by an unknown one within the setting at a path
 */
export function settingProblems(
  schema: z.ZodMiniObject,
  { issues }: { readonly issues: readonly z.core.$ZodIssue[] },
  input: unknown,
  suggest?: (schema: z.ZodMiniObject, path: readonly PropertyKey[], key: string) => string | undefined,
): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const meant = suggest?.(schema, issue.path, key);
        return `${[...issue.path, key].join('.')}: there is no such setting.${meant ? ` Did you mean ${meant}?` : ''}`;
      });
    }
    const top = issue.path[0];
    const field = top === undefined ? undefined : (schema.shape[String(top)] as z.ZodMiniType | undefined);
    const info = field && settingInfo(field);
    const value = valueAt(input, issue.path);
    const is = (info?.secret && issue.path.length === 1) || value === undefined ? '' : ` = ${shown(value)}`;
    const allowed = info ? ` Allowed: ${info.allowed}.` : '';
    // For a default that conflicts with another value, the message of our own rule is better than "is not set".
    const wrong = value === undefined && issue.code !== 'custom' ? 'is not set' : issue.message;
    return [`${issue.path.join('.')}${is}: ${wrong}.${allowed}`];
  });
}
