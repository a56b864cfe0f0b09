import type { Stream } from '../../../../lambda/contract.ts';
import { TIME_FIELD } from '../../../../lambda/forwarder/core/records/time.ts';
import { type StandIn, type StandInRequest, type StandInResponse, serve } from '../../http-server.ts';
import { type RecordShelf, recordShelf } from '../record-shelf.ts';
import { NOT_FOUND } from './answers.ts';
import { type ApiAnswer, DEFAULT_PATHS, type ZooApi } from './api.ts';
import { ApiRequest, type ListKind, ListRequest } from './list-request.ts';

/** A running API of the zoo. */
export interface RunningApi extends StandIn {
  readonly alerts: RecordShelf;
  readonly auditLogs: RecordShelf;
  readonly alertTypes: RecordShelf;
  /** The same shelves by what is listed. */
  shelf(kind: ListKind): RecordShelf;
}

export interface StartApiOptions {
  /** The one key that is accepted. */
  apiKey: string;
  /** The server's clock in epoch milliseconds. @default the machine's */
  wall?: () => number;
}

const UNAUTHORIZED: ApiAnswer = { status: 401, body: { message: 'unauthorized' } };
const OTHER_METHOD: ApiAnswer = { status: 405, body: { message: 'method not allowed' } };

function answerOf(api: ZooApi, request: ApiRequest, shelf: RunningApi['shelf']): ApiAnswer {
  const { paths = DEFAULT_PATHS, elsewhere, method = 'GET', refusal = UNAUTHORIZED } = api;
  const { isAllowed = ({ isBearer }: ApiRequest) => isBearer } = api;
  const kind = (Object.keys(paths) as ListKind[]).find((name) => paths[name] === request.request.path);
  if (!kind) return elsewhere?.(request) ?? NOT_FOUND;
  if (request.request.method !== method) return OTHER_METHOD;
  if (!isAllowed(request)) return refusal;
  return api.answer(new ListRequest(kind, shelf(kind).all(), request));
}

/** Sends the first half of a body, then breaks the connection. */
async function* firstHalf(text: string): AsyncGenerator<string> {
  yield text.slice(0, text.length / 2);
  // What was written has to leave before the connection goes.
  await new Promise((resolve) => setImmediate(resolve));
  throw new Error('cut');
}

/** Puts an answer on the wire. */
function onTheWire(
  { status = 200, headers = {}, body, cut = false }: ApiAnswer,
  now: number,
): StandInResponse {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    headers: {
      date: new Date(now * 1000).toUTCString(),
      'content-type': 'application/json',
      ...headers,
      ...(status !== 204 && { 'content-length': String(Buffer.byteLength(text)) }),
    },
    body: cut ? firstHalf(text) : text,
  };
}

/** Starts an API of the zoo on a free port of 127.0.0.1, with empty shelves. */
export async function startApi(
  api: ZooApi,
  { apiKey, wall = Date.now }: StartApiOptions,
): Promise<RunningApi> {
  const shelves: Record<ListKind, RecordShelf> = {
    alerts: recordShelf(TIME_FIELD.alerts, 'ascending', '[]'),
    'audit-logs': recordShelf(TIME_FIELD['audit-logs'], 'ascending', '[]'),
    // Types have no time: a field that no type has files them as undated, which keeps their order.
    'alert-types': recordShelf('', 'ascending', '[]'),
  };
  const shelf = (kind: ListKind) => shelves[kind];
  let earlier = 0;
  const standIn = await serve((request: StandInRequest) => {
    const now = Math.floor(wall() / 1000);
    const asked = new ApiRequest({ request, key: apiKey, now, earlier: earlier++ });
    return onTheWire(answerOf(api, asked, shelf), now);
  });
  return Object.assign(standIn, {
    alerts: shelf('alerts'),
    auditLogs: shelf('audit-logs' satisfies Stream),
    alertTypes: shelf('alert-types'),
    shelf,
  });
}
