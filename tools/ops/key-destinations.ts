import { firstRequest, signed } from '../../lambda/forwarder/valence/page-request.ts';
import {
  type ApiProfile,
  type EndpointName,
  type EndpointProfile,
  resolveApiProfile,
} from '../../lambda/settings/api-profile.ts';
import { isLoopback } from '../../lambda/settings/readers.ts';
import { apiOrigin, DATADOG_SITES } from '../../lambda/shared/datadog-sites.ts';
import { withoutEndSlashes } from '../../lambda/shared/origin.ts';
import { shellWord } from '../../lambda/shared/shell.ts';
import { VALENCE_ORIGINS } from '../../lambda/shared/valence-regions.ts';
import { visibleText } from '../../lambda/shared/visible-text.ts';
import { type Finding, warn } from '../doctor/finding.ts';

/**
 * Where keys may go from an operator's machine, and with which requests. Addresses, requests and names of secrets come from the
 * settings of a function, and whoever may create a stack chooses them; the secrets are read with the operator's rights.
 */

/** What may get keys, in addition to the own addresses of Valence and Datadog. */
export interface Destinations {
  /** Origins, and requests to Valence as {@link requestLines} writes them, that the operator named. */
  named: readonly string[];
  /** Whether the forwarder runs on this machine. If so, its keys may go to other parties on this machine. */
  isLocal: boolean;
}

/** Whose address it should be. A proxy gets no key, but it carries all of them, and its own credentials if it asks for some. */
type Owner = 'Valence' | 'Datadog' | 'proxy';

const OWN_ORIGINS: Readonly<Record<Owner, readonly string[]>> = {
  Valence: Object.values(VALENCE_ORIGINS),
  Datadog: DATADOG_SITES.map(apiOrigin),
  proxy: [],
};

const SENT: Readonly<Record<Owner, (origin: string) => string>> = {
  Valence: (origin) => `the function sends the Valence key to ${origin}, which is no address of Valence`,
  Datadog: (origin) => `the function sends the Datadog key to ${origin}, which is no address of Datadog`,
  proxy: (origin) => `the function reaches Valence and Datadog by the proxy ${origin}`,
};

const isOnThisMachine = (address: string, { isLocal }: Destinations): boolean =>
  isLocal && isLoopback(new URL(address).hostname);

const ELSEWHERE = 'What the function itself reaches is in function.check.';

/**
 * What to say instead of sending a secret to an address.
 * @param name of the finding
 * @param address URL that the settings of the function name
 * @returns undefined when the secret may go there: to its owner, to this machine, or to an origin that was named
 */
export function withheld(
  name: string,
  owner: Owner,
  address: string,
  destinations: Destinations,
): Finding | undefined {
  const { origin } = new URL(address);
  if (OWN_ORIGINS[owner].includes(origin) || isOnThisMachine(address, destinations)) return undefined;
  if (destinations.named.includes(origin)) return undefined;
  return warn(
    name,
    `not checked from here: ${SENT[owner](origin)}`,
    `If you have set this address, add --send-keys-to ${shellWord(origin)}. ${ELSEWHERE}`,
  );
}

/** What stands for the key in a request that is shown. */
const KEY = '{key}';

/** Times of a range differ from run to run; the requests that are shown are those for the beginning of time. */
const SHOWN_RANGE = { from: 0, to: 0 };

const HEADERS_OF_EVERY_REQUEST: Readonly<Record<string, string>> = {
  accept: 'application/json',
  authorization: `Bearer ${KEY}`,
};

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/**
 * All that a profile determines of the requests of an endpoint, one line for each: method and URL, then as JSON what deviates from
 * the default in headers and paging, and the body.
 * @param origin scheme and host, and the prefix of all paths when there is one
 */
export function requestLines(origin: string, profile: EndpointProfile, usual: EndpointProfile): string[] {
  const { exchange } = profile.auth;
  const request = signed(firstRequest(origin, profile, SHOWN_RANGE), profile, KEY);
  const headers = Object.entries(request.headers).filter(
    ([name, value]) => HEADERS_OF_EVERY_REQUEST[name] !== value,
  );
  const rest = {
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(request.body && { body: Buffer.from(request.body).toString() }),
    ...(!isSame(profile.pagination, usual.pagination) && { pagination: profile.pagination }),
  };
  const { path, ...sent } = exchange ?? { path: '' };
  return [
    ...(exchange ? [lineOf('POST', withoutEndSlashes(origin) + path, sent)] : []),
    lineOf(request.method, request.url, rest),
  ];
}

const lineOf = (method: string, url: string, rest: object): string =>
  visibleText([method, url, ...(Object.keys(rest).length > 0 ? [JSON.stringify(rest)] : [])].join(' '));

/**
 * What to say instead of sending the Valence key with requests that the settings of a function determine. The default reads go
 * to every address that {@link withheld} allows; any other request could change something there, so that it must be named itself.
 * @param profile the one in force
 * @param endpoints what would be asked
 */
export function withheldRequests(
  { origin, profile }: { origin: string; profile: ApiProfile },
  endpoints: readonly EndpointName[],
  destinations: Destinations,
): Finding | undefined {
  if (isOnThisMachine(origin, destinations)) return undefined;
  const usual = resolveApiProfile({});
  const linesOf = (name: EndpointName) => {
    const [own, standard] = [profile[name], usual[name]];
    if (!own || !standard) return undefined;
    const lines = requestLines(origin, own, standard);
    return isSame(lines, requestLines(new URL(origin).origin, standard, standard)) ? [] : lines;
  };
  const lines = endpoints.map(linesOf).filter((own) => own !== undefined);
  const hasDefault = lines.some((own) => own.length === 0);
  const refused = hasDefault ? withheld('valence', 'Valence', origin, destinations) : undefined;
  if (refused) return refused;
  const unnamed = [...new Set(lines.flat())].filter((line) => !destinations.named.includes(line));
  if (unnamed.length === 0) return undefined;
  return warn(
    'valence',
    `not checked from here: the settings of the function have the Valence key sent with ${unnamed.length === 1 ? 'a request' : 'requests'} other than the default: ${unnamed.join(' and ')}`,
    `Read them. If you have set all of this, add ${unnamed.map((line) => `--send-keys-to ${shellWord(line)}`).join(' ')}. ${ELSEWHERE}`,
  );
}
