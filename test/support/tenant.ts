import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import type { Stream } from '../../lambda/contract.ts';
import type { PublicResult } from '../../lambda/forwarder/reporting/result.ts';
import { resolveApiProfile } from '../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { startForwarderAws } from '../../tools/run-locally/forwarder-aws.ts';
import { RESOURCES } from '../../tools/run-locally/resources.ts';
import type { Aws } from '../../tools/stand-ins/aws/aws.ts';
import { type DatadogIntake, startDatadogIntake } from '../../tools/stand-ins/datadog/intake.ts';
import {
  startValenceApi,
  type ValenceApi,
  type ValenceApiOptions,
} from '../../tools/stand-ins/valence/api.ts';
import type { Artefact } from './artefact.ts';
import { ChunkReader } from './ledger-chunks.ts';
import { ALERT_TYPE } from './records.ts';

/** The keys of every tenant: wherever they turn up in a log line or an error, a key was shown. */
export const VALENCE_KEY = 'planted-valence-key-7f3a';
export const DATADOG_KEY = 'planted-datadog-key-9c1b';

/** As a function has it by default. */
const TIMEOUT_MS = 240_000;

export interface TenantOptions extends Omit<ValenceApiOptions, 'apiKey' | 'profile'> {
  /** What Valence's API looks like, as a user writes it; given to the function too. */
  profile?: Parameters<typeof resolveApiProfile>[0];
  /** Settings in addition to those that every run needs. */
  environment?: Readonly<Record<string, string>>;
}

export interface InvocationOptions {
  event?: unknown;
  /** Milliseconds that the function is given. */
  timeoutMs?: number;
  requestId?: string;
  environment?: Readonly<Record<string, string>>;
  /** Which process serves it; the file's own one when left out. */
  artefact?: Artefact;
}

export interface Finding {
  name: string;
  ok: boolean;
  fix: string | null;
}

/** One installation: Valence, Datadog and AWS on loopback addresses, and an artefact that runs between them. */
export interface Tenant extends AsyncDisposable {
  readonly valence: ValenceApi;
  readonly datadog: DatadogIntake;
  readonly aws: Aws;
  /** The time, in epoch seconds, as every party of this tenant sees it. */
  now(): number;
  /** Lets time pass for every party. */
  travel(seconds: number): void;
  /** Invokes the function. Fails the test when the invocation fails. */
  run(options?: InvocationOptions): Promise<PublicResult>;
  /** Invokes the function for another action than a run. Fails the test when the invocation fails. */
  act<T>(event: object, options?: InvocationOptions): Promise<T>;
  /** Invokes the function, which must fail. */
  failure(options?: InvocationOptions): Promise<{ name: string; message: string; logged: string }>;
  check(options?: InvocationOptions): Promise<Finding[]>;
  /** The logs that Datadog has accepted of a stream, in order. */
  logs(stream: Stream): JsonObject[];
  /** The state item of a stream, attribute by attribute. */
  state(stream: Stream): Promise<Record<string, string>>;
  /** The fingerprints of the logs of a stream that the ledger speaks of. */
  noted(stream: Stream): Promise<Set<string>>;
  /** Sets attributes of the state item of a stream, as an operator might. */
  changeState(stream: Stream, change: Record<string, AttributeValue>): Promise<void>;
  /** The objects in quarantine, by key. */
  quarantine(): Record<string, JsonObject>;
  /** How often an operation that changes the state table was asked for. */
  writes(): number;
}

/** Calls the state table as an operator would, from outside. */
async function withTable<T>(aws: Aws, call: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const client = new DynamoDBClient({
    endpoint: aws.dynamoDb.origin,
    region: 'us-east-1',
    credentials: aws.accessKey,
  });
  try {
    return await call(client);
  } finally {
    client.destroy();
  }
}

const stateItem = (stream: Stream) => ({
  TableName: RESOURCES.STATE_TABLE,
  Key: { pk: { S: stream }, sk: { S: 'STATE' } },
});

async function ledgerItems(
  client: DynamoDBClient,
  stream: Stream,
): Promise<Record<string, AttributeValue>[]> {
  const items: Record<string, AttributeValue>[] = [];
  const query = {
    TableName: RESOURCES.STATE_TABLE,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :ledger)',
    ExpressionAttributeValues: { ':pk': { S: stream }, ':ledger': { S: 'LEDGER#' } },
  };
  for await (const { Items = [] } of paginateQuery({ client }, query)) items.push(...Items);
  return items;
}

/** Starts a tenant of its own for one test. */
export async function startTenant(artefact: Artefact, options: TenantOptions = {}): Promise<Tenant> {
  const { profile = {}, environment = {}, ...api } = options;
  let ahead = 0;
  const nowMs = () => Date.now() + ahead * 1000;
  const [aws, valence, datadog] = await Promise.all([
    startForwarderAws({ valence: VALENCE_KEY, datadog: DATADOG_KEY }),
    startValenceApi({ ...api, apiKey: VALENCE_KEY, profile: resolveApiProfile(profile) }),
    startDatadogIntake({ apiKey: DATADOG_KEY, now: nowMs }),
  ]);
  valence.alertTypes.add([ALERT_TYPE]);
  valence.clock = nowMs;
  const settings = {
    ...aws.environment,
    ...RESOURCES,
    TENANT: 'acme',
    VALENCE_BASE_URL: valence.origin,
    VALENCE_API_PROFILE: JSON.stringify(profile),
    DATADOG_INTAKE_URL: datadog.origin,
    DATADOG_API_URL: datadog.origin,
    // Two slices make a first fill that is quick and still has several.
    INITIAL_LOOKBACK_SECONDS: '7200',
    SETTLE_SECONDS: '0',
    ...environment,
  };

  const invoke = (invocation: InvocationOptions = {}) =>
    (invocation.artefact ?? artefact).invoke({
      event: invocation.event ?? {},
      requestId: invocation.requestId ?? randomUUID(),
      environment: { ...settings, ...invocation.environment },
      timeoutMs: invocation.timeoutMs ?? TIMEOUT_MS,
      clockOffsetMs: ahead * 1000,
    });
  const succeed = async (invocation?: InvocationOptions) => {
    const answer = await invoke(invocation);
    if ('error' in answer) throw new Error(`The invocation failed: ${answer.error.message}`);
    return answer.result;
  };

  return {
    valence,
    datadog,
    aws,
    now: () => Math.floor(nowMs() / 1000),
    travel: (seconds) => {
      ahead += seconds;
    },
    run: succeed,
    // Each action has its own result; the artefact's process passes on any.
    act: async <T>(event: object, invocation?: InvocationOptions) =>
      (await succeed({ ...invocation, event })) as unknown as T,
    async failure(invocation) {
      const answer = await invoke(invocation);
      if ('error' in answer) return answer.error;
      throw new Error(`The invocation did not fail: ${JSON.stringify(answer.result)}`);
    },
    check: async (invocation) =>
      (await succeed({ ...invocation, event: { action: 'check' } })).checks as Finding[],
    logs: (stream) => datadog.logs.filter(({ service }) => service === stream),
    async state(stream) {
      const get = new GetItemCommand({ ...stateItem(stream), ConsistentRead: true });
      const { Item = {} } = await withTable(aws, (client) => client.send(get));
      return Object.fromEntries(
        Object.entries(Item).map(([name, value]) => [name, String(Object.values(value)[0])]),
      );
    },
    async noted(stream) {
      const posted = datadog.logs.map((log) =>
        String((log['valence_forwarder'] as JsonObject)['fingerprint']),
      );
      const chunks = new ChunkReader(() => posted);
      const items = await withTable(aws, (client) => ledgerItems(client, stream));
      const noted = items.flatMap(({ entries }) => chunks.read(stream, Buffer.from(entries?.B ?? [])));
      return new Set(noted.flatMap(({ fingerprint = [] }) => fingerprint));
    },
    async changeState(stream, change) {
      await withTable(aws, async (client) => {
        const { TableName, Key } = stateItem(stream);
        const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
        await client.send(new PutItemCommand({ TableName, Item: { ...Key, ...Item, ...change } }));
      });
    },
    quarantine: () =>
      Object.fromEntries(
        [...aws.s3.objects].map(([path, content]) => [path, JSON.parse(gunzipSync(content).toString())]),
      ),
    writes: () => aws.dynamoDb.operations.filter((operation) => !/^(GetItem|Query)$/.test(operation)).length,
    async [Symbol.asyncDispose]() {
      await Promise.all([aws.close(), valence.close(), datadog.close()]);
    },
  };
}
