import {
  DEFAULT_API_PROFILE,
  type EndpointName,
  type EndpointProfile,
} from '../../../lambda/settings/api-profile.ts';
import type { ApiReport, ReportedEndpoint } from '../../../tools/doctor/report/api-report.ts';
import { BAD_REQUEST } from '../../../tools/stand-ins/valence/apis/answers.ts';
import type { ApiAnswer, ZooApi } from '../../../tools/stand-ins/valence/apis/api.ts';
import type {
  ApiRequest,
  ListKind,
  ListRequest,
} from '../../../tools/stand-ins/valence/apis/list-request.ts';
import { answerAsSeen } from './answer-as-seen.ts';
import { answerByProfile } from './answer-by-profile.ts';

/** An API of the zoo, made from the report of a real one. */

const ENDPOINT_OF: Readonly<Record<ListKind, EndpointName>> = {
  alerts: 'alerts',
  'audit-logs': 'auditLogs',
  'alert-types': 'alertTypes',
};

/** No API has it: a list that the real one does not have. */
const NOWHERE = '/there/is/none';

const isKeySent = ({ auth }: EndpointProfile, request: ApiRequest): boolean => {
  if ('query' in auth) return request.text(auth.query) === request.key;
  const sent = request.header(auth.header.toLowerCase());
  return sent === (auth.scheme === null ? request.key : `${auth.scheme} ${request.key}`);
};

const pathOf = (endpoint: ReportedEndpoint | undefined, name: EndpointName): string => {
  if (!endpoint) return DEFAULT_API_PROFILE[name].path;
  return endpoint.profile?.path ?? NOWHERE;
};

/** With a token from an exchange, the key itself is not known to the report. */
const withoutExchange = (profile: EndpointProfile): EndpointProfile => ({
  ...profile,
  auth: { ...profile.auth, exchange: null },
});

/**
 * The API that a report describes. An endpoint that the doctor could read to its end behaves as the profile says that it found,
 * with the page size, order and ends that it saw; any other repeats what the doctor was answered.
 */
export function reportedApi({ endpoints }: ApiReport): ZooApi {
  const of = (kind: ListKind) => endpoints.find(({ endpoint }) => endpoint === ENDPOINT_OF[kind]);
  const kinds = Object.keys(ENDPOINT_OF) as ListKind[];
  const understood = (kind: ListKind) => {
    const endpoint = of(kind);
    return endpoint?.isTried && endpoint.profile && endpoint.facts
      ? { profile: withoutExchange(endpoint.profile), facts: endpoint.facts }
      : undefined;
  };
  const method = endpoints.find(({ profile }) => profile?.method === 'POST') ? 'POST' : undefined;
  return {
    name: 'reported',
    about: 'Behaves as the API of the report.',
    ...(method && { method }),
    paths: Object.fromEntries(kinds.map((kind) => [kind, pathOf(of(kind), ENDPOINT_OF[kind])])) as Record<
      ListKind,
      string
    >,
    // Each list decides by itself whether the key is there.
    isAllowed: () => true,
    answer(list: ListRequest): ApiAnswer {
      const known = understood(list.kind);
      if (!known) return answerAsSeen(of(list.kind), list) ?? BAD_REQUEST;
      if (!isKeySent(known.profile, list)) return { status: 401, body: { message: 'unauthorized' } };
      return answerByProfile(list, known);
    },
    withDefault: 'everything',
  };
}
