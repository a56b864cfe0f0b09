import type { Stream } from '../../../lambda/contract.ts';
import { TIME_FIELD } from '../../../lambda/forwarder/core/records/time.ts';
import {
  type ApiProfile,
  type EndpointProfile,
  resolveApiProfile,
} from '../../../lambda/settings/api-profile.ts';
import {
  json,
  type StandIn,
  type StandInOptions,
  type StandInRequest,
  type StandInResponse,
  serve,
} from '../http-server.ts';
import { BadQuery, page, queryTime } from './pages.ts';
import { type Bounds, type RecordOrder, type RecordShelf, recordShelf } from './record-shelf.ts';

export interface ValenceApiOptions extends StandInOptions {
  /** The one bearer key that is accepted. */
  apiKey: string;
  /** Paths, parameter names and pagination that are served; the default profile when left out. */
  profile?: ApiProfile;
  /** `ascending` when left out. */
  order?: RecordOrder;
  /** `[]` when left out. */
  bounds?: Bounds;
  /** Most records in one page, even if more are asked for; 1000 when left out. */
  maxPageSize?: number;
}

/** A Valence Security API that holds the records given to it. */
export interface ValenceApi extends StandIn {
  readonly alerts: RecordShelf;
  readonly auditLogs: RecordShelf;
  readonly alertTypes: RecordShelf;
  /** The same shelves by stream. */
  shelf(stream: Stream): RecordShelf;
  /** The key that is accepted now; assign it to rotate the key. */
  apiKey: string;
  /** What the `Date` header says, in epoch milliseconds; `null` for no header. The machine's clock to begin with. */
  clock: () => number | null;
}

const DEFAULT_MAX_PAGE_SIZE = 1000;

/** Starts a Valence Security API on a free port of 127.0.0.1, serving the given API profile. */
export async function startValenceApi(options: ValenceApiOptions): Promise<ValenceApi> {
  const { profile = resolveApiProfile({}), order = 'ascending', bounds = '[]' } = options;
  const maxPageSize = options.maxPageSize ?? DEFAULT_MAX_PAGE_SIZE;
  const alerts = recordShelf(TIME_FIELD.alerts, order, bounds);
  const auditLogs = recordShelf(TIME_FIELD['audit-logs'], order, bounds);
  // Types have no time: a field that no type has files them as undated, which shows them always.
  const alertTypes = recordShelf('', order, bounds);

  const inRange = (shelf: RecordShelf, query: URLSearchParams, endpoint: EndpointProfile) =>
    shelf.find(
      queryTime(query, endpoint.fromParam, endpoint.timeUnit, Number.NEGATIVE_INFINITY),
      queryTime(query, endpoint.toParam, endpoint.timeUnit, Number.POSITIVE_INFINITY),
    );

  const answer = (request: StandInRequest): StandInResponse => {
    if (request.headers.authorization !== `Bearer ${api.apiKey}`) {
      return json(401, { error: 'Unauthorized' });
    }
    const { path, query } = request;
    if (request.method === 'GET') {
      if (path === profile.alerts.path) {
        return page(inRange(alerts, query, profile.alerts), request, profile.alerts, maxPageSize);
      }
      if (path === profile.auditLogs.path) {
        return page(inRange(auditLogs, query, profile.auditLogs), request, profile.auditLogs, maxPageSize);
      }
      if (profile.alertTypes && path === profile.alertTypes.path) {
        return page(alertTypes.all(), request, profile.alertTypes, maxPageSize);
      }
    }
    return json(404, { error: 'Not found' });
  };

  const handle = (request: StandInRequest): StandInResponse => {
    try {
      return answer(request);
    } catch (error) {
      if (error instanceof BadQuery) return json(400, { error: error.message });
      throw error;
    }
  };

  const standIn = await serve((request) => {
    const response = handle(request);
    const now = api.clock();
    const date = now === null ? undefined : new Date(now).toUTCString();
    return { ...response, headers: { ...response.headers, date } };
  }, options);
  const api: ValenceApi = Object.assign(standIn, {
    alerts,
    auditLogs,
    alertTypes,
    shelf: (stream: Stream) => (stream === 'alerts' ? alerts : auditLogs),
    apiKey: options.apiKey,
    clock: () => Date.now() as number | null,
  });
  return api;
}
