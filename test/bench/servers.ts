import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';
import { startAws } from '../../tools/stand-ins/aws/aws.ts';
import { ALERT_TYPES, firstAt, type RecordList, recordText } from './records.ts';

/**
 * The servers of every measurement, in their own process: source, intake, secrets and state table. To save time they
 * store and check nothing; the tests check exactness.
 */

export interface ServerSettings {
  lists: RecordList[];
  sourceLatencyMs: number;
  sinkLatencyMs: number;
  /** Whether the last page of a list says that there is no other. By default it only names none, and the forwarder reads on to be sure. */
  statesEnd?: boolean;
  /** Answers every request for records with far more bytes than the forwarder accepts, plain or compressed a thousand to one. */
  excess?: 'page' | 'bomb' | undefined;
}

/** Counts since the servers were last set up. */
export interface ServerCounts {
  /** Requests to Valence. */
  requests: number;
  posts: number;
  /** Compressed. */
  postedBytes: number;
  logs: number;
  secretReads: number;
  /** Requests to the state table, by operation. */
  tableRequests: Readonly<Record<string, number>>;
}

const API_KEY = 'bench-key-0123456789abcdef';

let settings: ServerSettings = { lists: [], sourceLatencyMs: 0, sinkLatencyMs: 0 };
const NOTHING = { requests: 0, posts: 0, postedBytes: 0, logs: 0 };
let counts = { ...NOTHING };

const later = (ms: number, work: () => void) => (ms > 0 ? setTimeout(work, ms) : work());

/** Ten times the size of the largest accepted page. */
const EXCESS_BYTES = 200_000_000;
const BOMB = gzipSync(Buffer.alloc(EXCESS_BYTES, ' '), { level: 9 });

/** Sends too much, until the client disconnects. */
function sendExcess(response: ServerResponse, kind: 'page' | 'bomb'): void {
  if (kind === 'bomb') {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB);
    return;
  }
  const chunk = Buffer.alloc(1_000_000, ' ');
  const chunks = Array.from({ length: EXCESS_BYTES / chunk.length }, () => chunk);
  // The reader is expected to disconnect.
  pipeline(Readable.from(chunks), response.writeHead(200), () => undefined);
}

const source: RequestListener = (request, response) => {
  const url = new URL(request.url ?? '/', 'http://source');
  counts.requests++;
  if (settings.excess) return sendExcess(response, settings.excess);
  const body = url.pathname.endsWith('alert-types') ? typesPage() : recordsPage(url);
  later(settings.sourceLatencyMs, () => {
    response.setHeader('content-type', 'application/json');
    response.end(body);
  });
};

const typesPage = () => JSON.stringify({ items: ALERT_TYPES });

function recordsPage(url: URL): string {
  const stream = url.pathname.endsWith('audit-logs') ? 'audit-logs' : 'alerts';
  const list = settings.lists.find((each) => each.stream === stream);
  const number = (name: string) => Number(url.searchParams.get(name) ?? 0);
  if (!list) return '{"items":[]}';
  const end = firstAt(list, number('to') + 1);
  const first = Math.max(firstAt(list, number('from')), number('cursor'));
  const next = Math.min(end, first + number('limit'));
  const items = Array.from({ length: Math.max(0, next - first) }, (_, index) =>
    recordText(list, first + index),
  );
  return `{"items":[${items.join(',')}]${next < end ? `,"nextCursor":"${next}"` : settings.statesEnd ? ',"nextCursor":null' : ''}}`;
}

const intake: RequestListener = (request, response) => {
  let logs = 0;
  const answer = () => {
    counts.posts++;
    counts.logs += logs;
    later(settings.sinkLatencyMs, () => {
      response.statusCode = 202;
      response.end('{}');
    });
  };
  // Counting one marker for each log costs less than parsing logs that are not read here.
  let rest = '';
  request
    .on('data', (chunk: Buffer) => {
      counts.postedBytes += chunk.length;
    })
    .pipe(createGunzip())
    .on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString('latin1')).split('"ddsource"');
      logs += parts.length - 1;
      rest = (parts.at(-1) ?? '').slice(-'"ddsource"'.length);
    })
    .on('end', answer);
};

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    // A run with a shifted clock must not receive the true time.
    response.sendDate = false;
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const [sourceOrigin, intakeOrigin] = await Promise.all([listen(source), listen(intake)]);
let aws = await startState();

function startState() {
  return startAws({
    tables: ['state'],
    buckets: ['quarantine'],
    secrets: { valence: API_KEY, datadog: API_KEY },
  });
}

const environment = () => ({
  ...aws.environment,
  VALENCE_BASE_URL: sourceOrigin,
  DATADOG_INTAKE_URL: intakeOrigin,
  VALENCE_SECRET_ID: 'valence',
  DATADOG_SECRET_ID: 'datadog',
  STATE_TABLE: 'state',
  QUARANTINE_BUCKET: 'quarantine',
});

function allCounts(): ServerCounts {
  const { dynamoDb, secretsManager } = aws;
  return {
    ...counts,
    secretReads: secretsManager.requests.length,
    tableRequests: Object.fromEntries(
      [...new Set(dynamoDb.operations)].map((name) => [
        name,
        dynamoDb.operations.filter((each) => each === name).length,
      ]),
    ),
  };
}

/** `setUp` starts again with an empty state table and returns the environment; any other message asks for the counts. */
process.on('message', async (message: { setUp?: ServerSettings }) => {
  if (!message.setUp) {
    process.send?.(allCounts());
    return;
  }
  settings = message.setUp;
  counts = { ...NOTHING };
  const former = aws;
  aws = await startState();
  process.send?.(environment());
  await former.close();
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
