import type { AuthProfile } from '../../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import { words } from './choose-operation.ts';
import { bodyParameters, onlyValue, type Parameter, parametersIn } from './described-parameters.ts';
import { isPlainPath } from './plain-path.ts';
import type { Description, Operation } from './read-description.ts';
import { placesIn } from './schema.ts';

/** Operations that exchange the key for a token, by their names and schemas. */

type Exchange = NonNullable<AuthProfile['exchange']>;

/** Operations that are tried: each is a POST. */
const MAX_EXCHANGES = 2;

const EXCHANGES =
  /\b(tokens?|jwt|o?auth2?|authenticate|authentication|log[ -]?in|sign[ -]?in|sessions?|exchange)\b/i;

/** These use keys and tokens for something else, and may write. */
const OTHERS =
  /\b(revoke|rotate|delete|refresh|reset|register|sign[ -]?up|invite|log[ -]?out|verify|validate|introspect|webhooks?|integrations?|connectors?)\b/i;

const CREDENTIAL =
  /^(api|access|auth|client|app|service)?(key|secret|token|secretkey|keysecret)$|^credentials?$/;
const TOKEN = /^(access|auth|bearer|session|id|api)?token$|^jwt(token)?$/;
const LIFE = /^(expiresin|ttl|lifetime)(sec|secs|seconds)?$/;

/** The last part of a path, without the signs in which spellings differ. */
const bareLeaf = (path: string): string => (path.split('.').at(-1) ?? '').toLowerCase().replace(/[-_]/g, '');

const isOf = ({ type }: JsonObject, types: readonly string[]): boolean =>
  type === undefined || [type].flat().some((each) => types.includes(String(each)));

/** The fields of the request, with the key in the one that takes it; undefined when they ask for more than the key. */
function requestOf(fields: readonly Parameter[]): Exchange['json'] {
  const [credential, ...others] = fields.filter(({ leaf }) => CREDENTIAL.test(bareLeaf(leaf)));
  if (!credential || others.length > 0 || credential.name.includes('.')) return undefined;
  const rest = fields.filter(
    (field) => field !== credential && (field.isRequired || field.schema['const'] !== undefined),
  );
  const values = rest.flatMap((field): [string, string | number | boolean][] => {
    const value = onlyValue(field);
    return value === undefined || field.name.includes('.') ? [] : [[field.name, value]];
  });
  return values.length < rest.length
    ? undefined
    : Object.fromEntries([...values, [credential.name, '{key}']]);
}

/** Where an answer holds the token and its life in seconds; undefined without a token. */
function answerOf(answer: JsonObject): Pick<Exchange, 'tokenPath' | 'expiresInPath'> | undefined {
  const places = [...placesIn(answer)];
  const tokens = places.filter(([path, schema]) => TOKEN.test(bareLeaf(path)) && isOf(schema, ['string']));
  const [tokenPath] = tokens.find(([path]) => bareLeaf(path) === 'accesstoken') ?? tokens[0] ?? [];
  if (tokenPath === undefined) return undefined;
  const [expiresInPath = null] =
    places.find(
      ([path, schema]) =>
        LIFE.test(bareLeaf(path)) &&
        isOf(schema, ['integer', 'number']) &&
        !/milli/i.test(String(schema['description'] ?? '')),
    ) ?? [];
  return { tokenPath, expiresInPath };
}

function exchangeOf(operation: Operation): Exchange | undefined {
  const { method, path, text, body, form, answer, isElsewhere } = operation;
  const name = words(text);
  if (method !== 'POST' || isElsewhere || path.includes('{') || !isPlainPath(path) || !answer)
    return undefined;
  if (!EXCHANGES.test(name) || OTHERS.test(name)) return undefined;
  const token = answerOf(answer);
  const json = body && requestOf(bodyParameters(body));
  const fields = json
    ? undefined
    : requestOf(form ? bodyParameters(form) : parametersIn(operation, 'formData'));
  if (!token || (!json && !fields)) return undefined;
  return { path, ...(json ? { json } : { form: fields }), ...token };
}

/**
 * The exchanges of a key for a token that a description has, those first that need no other credential. Only operations of the
 * API's own origin that take one credential and answer with a token.
 */
export const describedExchanges = ({ operations }: Description): Exchange[] =>
  [...operations]
    .sort((one, other) => one.security.length - other.security.length)
    .flatMap((operation) => exchangeOf(operation) ?? [])
    .slice(0, MAX_EXCHANGES);
