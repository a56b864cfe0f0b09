import type { Range } from '../../lambda/forwarder/core/ports.ts';
import type { AuthProfile, EndpointProfile } from '../../lambda/settings/api-profile.ts';
import { ForwarderError } from '../../lambda/shared/errors.ts';
import { AUTHS, COMMON_PREFIXES, PATH_NAMES, PATH_PREFIXES } from './candidates.ts';
import { type Probe, withPatch } from './probe.ts';
import { isEmptyStatus, type Reply } from './requests.ts';
import { findList } from './response-body.ts';

/** How an endpoint lets a client in: where it is, and how the key is sent. */

/** Which part of a request an answer objects to. */
export type Objection = 'none' | 'key' | 'path' | 'query' | 'connection';

export function objectionOf({ status, answer, error }: Reply): Objection {
  if (answer) return 'none';
  if (status === undefined) return isKeyRefused(error) ? 'key' : 'connection';
  if (status === 401 || status === 403) return 'key';
  if (status === 404 || status === 405 || status === 410 || (status >= 200 && status < 400)) return 'path';
  return 'query';
}

/** Whether a range is answered, be it with a status that may mean an empty list. */
export const isRangeAnswered = (reply: Reply): boolean =>
  objectionOf(reply) === 'none' || isEmptyStatus(reply);

/** Errors of an exchange: without an answer of the list they are the only ones that come from answers. */
const EXCHANGE_ERRORS: ReadonlySet<string> = new Set([
  'source-refused-key',
  'source-status',
  'source-shape',
  'source-not-json',
]);

const isKeyRefused = (error: unknown): boolean =>
  error instanceof ForwarderError && EXCHANGE_ERRORS.has(error.code);

/** Requests that are left for everything else. */
const RESERVE = 20;

function wayText(auth: AuthProfile): string {
  const exchanged = auth.exchange ? `exchanged for a token by POST ${auth.exchange.path}, ` : '';
  if ('query' in auth) return `${exchanged}in the parameter "${auth.query}"`;
  const word = auth.scheme === null ? 'without a word before it' : `as ${auth.scheme}`;
  return `${exchanged}in the header ${auth.header}, ${word}`;
}

/** Ways to send the key: those first that the API describes, then those that the refusal names. */
function authsFor({ profile: { auth }, auths }: Probe, { headers }: Reply): AuthProfile[] {
  const [named] = /^[A-Za-z][\w-]{1,20}/.exec(headers['www-authenticate'] ?? '') ?? [];
  const ways: AuthProfile[] =
    named && named.toLowerCase() !== 'basic'
      ? [...auths, { header: 'Authorization', scheme: named, exchange: null }, ...AUTHS]
      : [...auths, ...AUTHS];
  const texts = new Set([JSON.stringify(auth)]);
  return ways.filter((way) => {
    const text = JSON.stringify(way);
    return !texts.has(text) && texts.add(text);
  });
}

/**
 * Finds the way in which the API takes the key.
 * @returns the first answer to it, or undefined when no way is taken
 */
export async function findKeyWay(
  probe: Probe,
  range: Range | undefined,
  refused: Reply,
): Promise<Reply | undefined> {
  let other: { auth: AuthProfile; reply: Reply } | undefined;
  for (const auth of authsFor(probe, refused)) {
    if (probe.ask.left() < RESERVE) break;
    const reply = await probe.ask.page(withPatch(probe.profile, { auth }), range);
    const objection = objectionOf(reply);
    if (objection === 'key') continue;
    // An answer proves it; another objection does so only when there is no better way.
    if (objection !== 'none') {
      other ??= { auth, reply };
      continue;
    }
    other = { auth, reply };
    break;
  }
  if (!other) return undefined;
  const { auth, reply } = other;
  probe.corrected('auth', `the API takes the key ${wayText(auth)}, not ${wayText(probe.profile.auth)}`, {
    auth,
  });
  return reply;
}

/** What refused requests with and without the key say about path, header and key. */
export interface Refusal {
  /** Whether the path is answered in another way than one that does not exist; undefined if no other was asked. */
  isPathKnown: boolean | undefined;
  /** Whether the answer depends on the key that is sent, so that its header is read. */
  isKeyRead: boolean;
}

const isAlike = (one: Reply, other: Reply): boolean => one.status === other.status && one.text === other.text;

/**
 * Distinguishes a wrong path, a wrong header and a wrong key, as far as the API answers them in different ways. A POST is sent to no
 * other path, for the reason of {@link findPath}.
 */
export async function explainRefusal(
  { ask, profile }: Probe,
  range: Range | undefined,
  refused: Reply,
): Promise<Refusal> {
  const without = await ask.withKey(undefined).page(profile, range);
  const elsewhere =
    profile.method === 'POST'
      ? undefined
      : await ask.page(withPatch(profile, { path: `${profile.path}-that-does-not-exist` }), range);
  return {
    isKeyRead: !isAlike(refused, without),
    isPathKnown: elsewhere && !isAlike(refused, elsewhere),
  };
}

function pathText(path: string, isKnown: boolean | undefined): string {
  if (isKnown === undefined)
    return `whether the path ${path} exists is unknown, because a POST is sent to no other path`;
  return isKnown
    ? `the path ${path} exists, because the API answers others differently`
    : `whether the path ${path} exists cannot be seen, because the API refuses every path in the same way`;
}

export const refusalText = ({ isPathKnown, isKeyRead }: Refusal, { auth, path }: EndpointProfile): string =>
  [
    isKeyRead
      ? `the key itself is wrong: without a key, ${wayText(auth)}, the API answers differently`
      : `the key is wrong, or is not sent as the API wants it: it answers the same without a key, and no common way works`,
    pathText(path, isPathKnown),
  ].join('; ');

/** Paths to try, those first whose prefix was right for another endpoint. */
function pathsFor({ endpoint, profile }: Probe, knownPrefix: string | undefined): string[] {
  const names = PATH_NAMES[endpoint];
  const [name = ''] = names;
  const known = knownPrefix === undefined ? [] : names.map((each) => `${knownPrefix}/${each}`);
  // The prefix of another endpoint is the only likely one.
  const others =
    knownPrefix !== undefined && endpoint === 'alertTypes'
      ? []
      : [
          ...PATH_PREFIXES.map((prefix) => `${prefix}/${name}`),
          ...COMMON_PREFIXES.flatMap((prefix) => names.slice(1).map((each) => `${prefix}/${each}`)),
        ];
  return [...new Set([...known, ...others])].filter((path) => path !== profile.path);
}

/**
 * Finds the path of the endpoint. A POST is sent only to the path that it was set for: at another one it may change something.
 * @param knownPrefix of the path of another endpoint that answers
 * @returns the first answer that does not object to the path, or undefined
 */
export async function findPath(
  probe: Probe,
  range: Range | undefined,
  refused: Reply,
  knownPrefix: string | undefined,
): Promise<Reply | undefined> {
  if (probe.profile.method === 'POST') return undefined;
  for (const path of pathsFor(probe, knownPrefix)) {
    if (probe.ask.left() < RESERVE) return undefined;
    const reply = await probe.ask.page(withPatch(probe.profile, { path }), range);
    const objection = objectionOf(reply);
    if (objection === 'path' || objection === 'connection' || isAlike(reply, refused)) continue;
    // A page that answers everything, such as a health check, is not the list.
    if (reply.answer && reply.answer.body !== undefined && !findList(reply.answer.body, probe.endpoint))
      continue;
    probe.corrected('path', `${probe.profile.path} does not exist; ${path} does`, { path });
    return reply;
  }
  return undefined;
}

/** The part of a path before the name of the list. */
export const prefixOf = (path: string, names: readonly string[]): string | undefined => {
  const name = names.find((each) => path.endsWith(`/${each}`));
  return name === undefined ? undefined : path.slice(0, -name.length - 1);
};
