import {
  type ApiProfile,
  type AuthProfile,
  apiProfileOverrides,
  DEFAULT_API_PROFILE,
  type EndpointName,
  resolveApiProfile,
} from '../../../lambda/settings/api-profile.ts';
import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';
import { headerNameProblem, headerValueProblem } from '../../../lambda/shared/request-headers.ts';
import { type Finding, ok, warn } from '../finding.ts';
import { chooseOperation } from './choose-operation.ts';
import { describedExchanges } from './described-exchange.ts';
import {
  headersOf,
  onlyValue,
  type Parameter,
  parametersOf,
  type Roles,
  rolesOf,
  templateOf,
  unitOf,
} from './described-parameters.ts';
import { isPlainPath } from './plain-path.ts';
import type { Description, Operation } from './read-description.ts';
import { listIn, placesIn } from './schema.ts';

/** The API profile that an API's own description speaks for. Nothing of it is proposed before it was tried. */

export interface DescribedProfile {
  /** As a user would write it. */
  overrides: JsonObject;
  /** Ways to send the key that the description names in addition, to be tried when the API refuses the key. */
  auths: AuthProfile[];
  findings: Finding[];
}

const ENDPOINTS = ['alerts', 'auditLogs', 'alertTypes'] as const satisfies readonly EndpointName[];

const CREDENTIAL_HEADER = /^(authorization|cookie|proxy-authorization)$|api-?key|token|auth/i;

/** How a security scheme wants the key; undefined for ways that the forwarder does not know. */
function authOf(scheme: JsonObject): JsonObject | undefined {
  const { type, in: place, name, scheme: word, flows } = scheme;
  if (type === 'apiKey' && place === 'header') {
    if (headerNameProblem(String(name))) return undefined;
    return /^authorization$/i.test(String(name)) ? { scheme: null } : { header: name, scheme: null };
  }
  if (type === 'apiKey' && place === 'query') return { query: name };
  if (type === 'http' && /^bearer$/i.test(String(word))) return {};
  if (type === 'http' && typeof word === 'string' && !/^(basic|digest)$/i.test(word)) {
    return headerValueProblem(word) ? undefined : { scheme: word };
  }
  const credentials = isObject(flows) ? flows['clientCredentials'] : undefined;
  const tokenUrl = isObject(credentials) ? credentials['tokenUrl'] : scheme['tokenUrl'];
  if (type !== 'oauth2' || typeof tokenUrl !== 'string') return undefined;
  // The key goes to Valence's own origin alone, wherever the description would send it.
  const path = tokenUrl.replace(/^https?:\/\/[^/\\?#]*/i, '');
  if (!isPlainPath(path)) return undefined;
  return {
    exchange: {
      path,
      form: { grant_type: 'client_credentials', client_secret: '{key}' },
      tokenPath: 'access_token',
      expiresInPath: 'expires_in',
    },
  };
}

function authFor({ security }: Operation, { schemes }: Description): JsonObject | undefined {
  const ways = security.map((name) => schemes[name] && authOf(schemes[name]));
  return ways.find((way) => way !== undefined);
}

/** Values that every request needs, of parameters whose values the description gives. */
function fixedValues(operation: Operation, roles: Roles): JsonObject {
  const used = new Set(Object.values(roles).map((role: Parameter | undefined) => role?.name));
  const params = parametersOf(operation)
    .filter((each) => each.isRequired && !used.has(each.name) && onlyValue(each) !== undefined)
    .map((each) => [each.name, onlyValue(each)]);
  const headers = headersOf(operation)
    .filter((each) => each.isRequired && onlyValue(each) !== undefined)
    .map((each): [string, string] => [each.name, String(onlyValue(each))])
    .filter(
      ([name, value]) =>
        !(CREDENTIAL_HEADER.test(name) || headerNameProblem(name) || headerValueProblem(value)),
    );
  return {
    ...(params.length > 0 && { params: Object.fromEntries(params) }),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
  };
}

function rangeOf({ from, to, filter }: Roles): JsonObject {
  const template = filter && !from ? templateOf(filter) : undefined;
  if (template) return { ...template };
  if (!from) return {};
  const timeUnit = unitOf(from);
  return { fromParam: from.name, toParam: to?.name ?? null, ...(timeUnit && { timeUnit }) };
}

const leafOf = (path: string) => path.split('.').at(-1) ?? '';

/** How the next page is asked for, by what the answer holds and which parameters there are. */
function pagingOf({ cursor, offset, page }: Roles, answer: JsonObject): JsonObject {
  const places = [...placesIn(answer)];
  const url = places.find(
    ([path, { format, description }]) =>
      /next/i.test(path) &&
      (/ur[il]/i.test(String(format ?? '')) || /\bur[il]\b/i.test(String(description ?? ''))),
  );
  if (url) return { style: 'url', nextUrlPath: url[0] };
  const next = places.find(([path]) => /next|cursor|page_?token|continuation/i.test(leafOf(path)));
  if (cursor) return { cursorParam: cursor.name, ...(next && { nextCursorPath: next[0] }) };
  if (offset) return { style: 'offset', offsetParam: offset.name };
  if (page) {
    const first = page.schema['minimum'] ?? page.schema['default'];
    return { style: 'page', pageParam: page.name, ...(first === 0 && { firstPage: 0 }) };
  }
  return {};
}

function sizeOf({ size }: Roles, endpoint: EndpointName): JsonObject {
  if (!size) return {};
  const { pageSize } = DEFAULT_API_PROFILE[endpoint];
  const most = size.schema['maximum'];
  const isTooLarge = typeof most === 'number' && most >= 1 && pageSize !== null && pageSize > most;
  return { pageSizeParam: size.name, ...(isTooLarge && { pageSize: Math.floor(most) }) };
}

/** Profile keys of one endpoint, by its operation. */
function endpointOf(operation: Operation, description: Description, endpoint: EndpointName): JsonObject {
  const { method, path, answer = {} } = operation;
  const roles = rolesOf(parametersOf(operation));
  const list = listIn(answer, endpoint);
  const pagination = pagingOf(roles, answer);
  const auth = authFor(operation, description);
  return {
    path,
    ...(method === 'POST' && { method }),
    ...(auth && { auth }),
    ...fixedValues(operation, roles),
    ...(list && { itemsPath: list.itemsPath, itemPath: list.itemPath }),
    ...(endpoint !== 'alertTypes' && rangeOf(roles)),
    ...sizeOf(roles, endpoint),
    ...(Object.keys(pagination).length > 0 && { pagination }),
  };
}

/** What is left of a value when the keys of another one are taken out, at every depth. */
function without(value: JsonObject, taken: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      if (!Object.hasOwn(taken, key)) return [[key, inner]];
      const other = taken[key];
      return key === 'pagination' && isObject(inner) && isObject(other) ? [[key, without(inner, other)]] : [];
    }),
  );
}

/**
 * The profile to begin with: what a user has set, and what the description says about everything else.
 * @param given as the user wrote it; it wins
 */
export function startingProfile({ overrides }: DescribedProfile, given: JsonObject): ApiProfile {
  const endpoints = ENDPOINTS.map((name) => {
    const described = overrides[name];
    const own = given[name];
    if (own === null) return [name, null];
    const rest = without(isObject(described) ? described : {}, given);
    if (!isObject(own)) return [name, rest];
    const pagination = {
      ...(isObject(rest['pagination']) ? rest['pagination'] : {}),
      ...(isObject(own['pagination']) ? own['pagination'] : {}),
    };
    return [name, { ...rest, ...own, pagination }];
  });
  const start = { ...given, ...Object.fromEntries(endpoints) };
  return resolveApiProfile(apiProfileOverrides.safeParse(start).success ? start : given);
}

/** Every described exchange, its token sent as the lists want it, and as usual. */
function exchangingAuths(description: Description, overrides: JsonObject): AuthProfile[] {
  const ways = [...Object.values(overrides).map((own) => isObject(own) && own['auth']), {}].filter(isObject);
  return describedExchanges(description).flatMap((exchange) =>
    ways.flatMap((way) => {
      const auth = apiProfileOverrides.safeParse({ auth: { ...way, exchange } });
      return auth.success ? [resolveApiProfile(auth.data).alerts.auth] : [];
    }),
  );
}

/** What an API's description says about the lists that the forwarder reads. */
export function describedProfile(description: Description): DescribedProfile {
  const findings: Finding[] = [];
  const overrides: JsonObject = {};
  for (const endpoint of ENDPOINTS) {
    const name = `openapi.${endpoint}`;
    const operation = chooseOperation(description, endpoint);
    if (!operation) {
      findings.push(
        warn(
          name,
          'the description has no operation that lists them',
          'If there is one under another name, set its path in valenceApi.',
        ),
      );
      continue;
    }
    const own = endpointOf(operation, description, endpoint);
    const isValid = apiProfileOverrides.safeParse({ [endpoint]: own }).success;
    if (isValid) overrides[endpoint] = own;
    const place = `${operation.method} ${operation.path}`;
    findings.push(
      isValid
        ? ok(name, `${place} is described; the doctor tries it`)
        : warn(
            name,
            `${place} is described in a way that the API profile cannot say`,
            'Set valenceApi by hand.',
          ),
    );
  }
  const auths = exchangingAuths(description, overrides);
  const refused = description.operations.filter(({ path }) => !isPlainPath(path));
  if (refused.length > 0) {
    const places = refused.map(({ method, path }) => `${method} ${path}`).join(', ');
    findings.push(
      warn(
        'openapi.paths',
        `not used, because a server may read these paths as others: ${places}`,
        'Ask who wrote the description. If you need such a path, set it in valenceApi by hand.',
      ),
    );
  }
  return { overrides, auths, findings };
}
