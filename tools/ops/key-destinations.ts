import {
  type ApiProfile,
  type EndpointName,
  type EndpointProfile,
  resolveApiProfile,
} from '../../lambda/settings/api-profile.ts';
import { isLoopback } from '../../lambda/settings/readers.ts';
import { apiOrigin, DATADOG_SITES } from '../../lambda/shared/datadog-sites.ts';
import { VALENCE_ORIGINS } from '../../lambda/shared/valence-regions.ts';
import { type Finding, warn } from '../doctor/finding.ts';
import { exchangeLine, isSame, listLine, optionFor } from '../doctor/request-lines.ts';

/**
 * Where keys may go from an operator's machine, and with which requests. Addresses, requests and names of secrets come from the
 * settings of a function, and whoever may create a stack chooses them; the secrets are read with the operator's rights.
 */

/** What may get keys, in addition to the own addresses of Valence and Datadog. */
export interface Destinations {
  /** Origins, and requests to Valence as `requestLines` writes them, that the operator named. */
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
    `If you have set this address, add ${optionFor(origin)}. ${ELSEWHERE}`,
  );
}

/** All requests that a profile determines for an endpoint, one line for each. The parameters are those of {@link listLine}. */
const requestLines = (origin: string, profile: EndpointProfile, usual: EndpointProfile): string[] => [
  ...(profile.auth.exchange ? [exchangeLine(origin, profile.auth.exchange)] : []),
  listLine(origin, profile, usual),
];

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
    `Read them. If you have set all of this, add ${unnamed.map(optionFor).join(' ')}. ${ELSEWHERE}`,
  );
}
