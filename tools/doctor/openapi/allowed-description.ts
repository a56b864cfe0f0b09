import {
  type ApiProfile,
  type AuthProfile,
  type EndpointName,
  type EndpointProfile,
  resolveApiProfile,
} from '../../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import { isKnownTemplate, PAGE_SIZE_NAMES } from '../candidates.ts';
import { type Finding, ok, warn } from '../finding.ts';
import { exchangeLine, isSame, listLine, optionFor } from '../request-lines.ts';
import { type DescribedProfile, startingProfile } from './described-profile.ts';

/**
 * What may be sent of the requests that an API description determines. The file may come from anyone, and the key has the role Admin:
 * without asking, only lists are read by GET. The words of a description never decide that a request changes nothing.
 */

interface Choice {
  /** Scheme and host that the operator set. */
  origin: string;
  /** The profile as the operator wrote it; it wins. */
  given: JsonObject;
  /** The profile in force without a description. */
  inForce: ApiProfile;
  /** The lists that will be asked for. */
  endpoints: readonly EndpointName[];
  /** Requests that the operator named, each as it was printed. */
  named: readonly string[];
}

export interface AllowedDescription {
  /** Where the search begins. */
  start: ApiProfile;
  /** Further ways to send the key. */
  auths: AuthProfile[];
  findings: Finding[];
  /** Requests that are not sent, because the operator did not name them; one line each. */
  unnamed: string[];
}

/** Whether a description adds nothing but a place, names, a usual filter and a smaller page to a read: no other value, and no links to follow. */
const isRead = (profile: EndpointProfile, own: EndpointProfile): boolean =>
  profile.method === 'GET' &&
  isSame(profile.params, own.params) &&
  isSame(profile.headers, own.headers) &&
  (isSame(profile.rangeTemplate, own.rangeTemplate) ||
    (profile.rangeTemplate !== null && isKnownTemplate(profile.rangeTemplate))) &&
  (profile.pageSize === own.pageSize || PAGE_SIZE_NAMES.includes(profile.pageSizeParam ?? '')) &&
  (profile.pagination.style !== 'url' || isSame(profile.pagination, own.pagination));

const notSent = (name: string, line: string): Finding =>
  warn(
    name,
    `not sent, because this request of the description may change something: ${line}`,
    `Read it. If it only reads, or only exchanges the key for a token, add ${optionFor(line)}.`,
  );

const exchangeTried = (path: string): Finding =>
  ok(
    'openapi.auth',
    `POST ${path} is described as an exchange of the key for a token; the doctor tries it if the key is refused`,
  );

/**
 * Leaves out of a description what the operator has to name first and has not named.
 * @returns where the doctor begins, and what it does not send
 */
export function allowedDescription(described: DescribedProfile, choice: Choice): AllowedDescription {
  const { origin, given, inForce, endpoints, named } = choice;
  const usual = resolveApiProfile({});
  const start = startingProfile(described, given);
  const withheld = new Map<string, Finding>();
  const exchanges = new Map<string, Finding>();
  const isNamed = (name: string, line: string): boolean => {
    if (named.includes(line)) return true;
    withheld.set(line, notSent(name, line));
    return false;
  };
  const isAuthAllowed = (auth: AuthProfile, own: AuthProfile): boolean => {
    const { exchange } = auth;
    if (!exchange || isSame(exchange, own.exchange)) return true;
    const line = exchangeLine(origin, exchange);
    if (!isNamed('openapi.auth', line)) return false;
    exchanges.set(line, exchangeTried(exchange.path));
    return true;
  };
  const allowedList = (endpoint: EndpointName): EndpointProfile | null => {
    const [profile, own, standard] = [start[endpoint], inForce[endpoint], usual[endpoint]];
    if (!profile || !own || !standard) return own;
    const { exchange } = isAuthAllowed(profile.auth, own.auth) ? profile.auth : own.auth;
    const list = { ...profile, auth: { ...profile.auth, exchange } };
    const line = listLine(origin, list, standard);
    const isOwn = line === listLine(origin, own, standard);
    return isOwn || isRead(list, own) || isNamed(`openapi.${endpoint}`, line) ? list : own;
  };

  const lists = Object.fromEntries(endpoints.map((endpoint) => [endpoint, allowedList(endpoint)]));
  const auths = described.auths.filter((auth) => isAuthAllowed(auth, inForce.alerts.auth));
  const names = new Set(Array.from(withheld.values(), ({ name }) => name));
  return {
    start: { ...start, ...lists },
    auths,
    findings: [
      ...described.findings.filter(({ name }) => !names.has(name)),
      ...exchanges.values(),
      ...withheld.values(),
    ],
    unnamed: [...withheld.keys()],
  };
}
