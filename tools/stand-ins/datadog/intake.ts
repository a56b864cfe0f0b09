import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import {
  json,
  type Reply,
  type StandIn,
  type StandInOptions,
  type StandInRequest,
  serve,
} from '../http-server.ts';
import { noneDropped, type SilentDrops, silentDrops } from './limits.ts';

export interface DatadogIntakeOptions extends StandInOptions {
  /** The one API key that is accepted. */
  apiKey: string;
  /** `counts` keeps and inspects no log, for measurements; `logs` when left out. */
  keep?: 'logs' | 'counts';
  /** Called with each accepted log. */
  onLog?: (log: JsonObject) => void;
  /** Datadog's own time in epoch milliseconds; the machine's clock when left out. */
  now?: () => number;
}

/** Datadog's logs intake (v2) and key check on one origin. */
export interface DatadogIntake extends StandIn {
  /** Every accepted log, in the order of acceptance. */
  readonly logs: JsonObject[];
  /** How many logs were accepted. */
  accepted: number;
  /** How many posts were accepted. */
  batches: number;
  /** Uncompressed bytes of the accepted posts. */
  bytes: number;
  /** What Datadog would have dropped or cut of the accepted logs without saying so. */
  readonly drops: SilentDrops;
  /** The key that is accepted now; assign it to rotate the key. */
  apiKey: string;
}

/** Limits of the logs intake. Source: Datadog API reference, "Send logs" (v2). */
const MAX_BODY_BYTES = 5_000_000;
const MAX_ENTRIES = 1000;

const LOGS_PATH = '/api/v2/logs';
const VALIDATE_PATH = '/api/v1/validate';

const refuse = (status: number, title: string): Reply =>
  json(status, { errors: [{ status: String(status), title }] });

const decoders: Record<string, (body: Buffer) => Promise<Buffer>> = {
  identity: async (body) => body,
  gzip: promisify<Buffer, Buffer>(gunzip),
  deflate: promisify<Buffer, Buffer>(inflate),
};

/** The uncompressed body, or the refusal of a body that cannot be decoded. */
async function decoded({ headers, body }: StandInRequest): Promise<Uint8Array | Reply> {
  const decode = decoders[headers['content-encoding'] ?? 'identity'];
  if (!decode) return refuse(415, 'Unsupported Content-Encoding');
  try {
    return await decode(body);
  } catch {
    return refuse(400, 'Body does not match its Content-Encoding');
  }
}

/** The logs of a body, one or a list, or undefined when it is no JSON of that shape. */
function parseLogs(body: Uint8Array): JsonObject[] | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    const logs = Array.isArray(value) ? value : [value];
    return logs.every((log) => log !== null && typeof log === 'object' && !Array.isArray(log))
      ? logs
      : undefined;
  } catch {
    return undefined;
  }
}

/** Starts a Datadog intake on a free port of 127.0.0.1, enforcing the documented limits. */
export async function startDatadogIntake(options: DatadogIntakeOptions): Promise<DatadogIntake> {
  const { keep = 'logs', onLog, now = () => Date.now() } = options;

  const refusedKey = ({ headers }: StandInRequest): Reply | undefined => {
    if (headers['dd-api-key'] === undefined) return refuse(401, 'Unauthorized');
    return headers['dd-api-key'] === intake.apiKey ? undefined : refuse(403, 'Forbidden');
  };

  const accept = (logs: JsonObject[], bytes: number): Reply => {
    intake.accepted += logs.length;
    intake.batches++;
    intake.bytes += bytes;
    const nowMs = now();
    for (const log of logs) {
      onLog?.(log);
      if (keep === 'logs') {
        intake.logs.push(log);
        for (const kind of silentDrops(log, nowMs)) intake.drops[kind]++;
      }
    }
    return json(202, {});
  };

  const takeLogs = async (request: StandInRequest): Promise<Reply> => {
    const refused = refusedKey(request);
    if (refused) return refused;
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
      return refuse(415, 'Unsupported Content-Type');
    }
    const body = await decoded(request);
    if (!(body instanceof Uint8Array)) return body;
    if (body.length > MAX_BODY_BYTES) return refuse(413, 'Payload too large');
    const logs = parseLogs(body);
    if (!logs) return refuse(400, 'Bad request: not JSON logs');
    if (logs.length > MAX_ENTRIES) return refuse(413, 'Payload too large: more than 1000 logs');
    return accept(logs, body.length);
  };

  const standIn = await serve((request) => {
    if (request.method === 'POST' && request.path === LOGS_PATH) return takeLogs(request);
    if (request.method === 'GET' && request.path === VALIDATE_PATH) {
      // Unlike the intake, the key check has one answer to every wrong key.
      return request.headers['dd-api-key'] === intake.apiKey
        ? json(200, { valid: true })
        : refuse(403, 'Forbidden');
    }
    return refuse(404, 'Not found');
  }, options);
  const intake: DatadogIntake = Object.assign(standIn, {
    logs: [],
    accepted: 0,
    batches: 0,
    bytes: 0,
    drops: noneDropped(),
    apiKey: options.apiKey,
  });
  return intake;
}
