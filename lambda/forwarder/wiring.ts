import { randomUUID } from 'node:crypto';
import type { Stream } from '../contract.ts';
import { dynamoClient, secretsClient } from '../shared/aws/clients.ts';
import { proxyWithSecret } from '../shared/aws/proxy.ts';
import { type SecretKey, secretKey } from '../shared/aws/secret-key.ts';
import { axiosTransport } from '../shared/axios-transport.ts';
import { systemClock } from '../shared/clock.ts';
import type { Transport } from '../shared/http.ts';
import type { DigestSecret } from '../shared/keyed-digest.ts';
import { VERSION } from '../shared/version.ts';
import { type Capacity, countCapacity } from './aws/capacity.ts';
import { dynamoHourLeases } from './aws/hour-leases.ts';
import { type QuarantineBucket, s3Quarantine } from './aws/quarantine-bucket.ts';
import { dynamoStateStore } from './aws/state-table.ts';
import { tableSecret } from './aws/table-secret.ts';
import type { Config } from './config.ts';
import type { HourLeases } from './core/backfill-ports.ts';
import type { ListKnowledge, Ports, Telemetry } from './core/ports.ts';
import { noListKnowledge } from './core/slices/completeness.ts';
import { datadogSink } from './datadog/intake.ts';
import { valenceSource } from './valence/client.ts';
import { type TokenExchanges, tokenExchanges } from './valence/exchanged-key.ts';

/** What is kept between invocations: open connections, and keys that were read. */
export interface Connections {
  transport: Transport;
  proxyCredentials: SecretKey | undefined;
  valenceKey: SecretKey;
  datadogKey: SecretKey;
  valenceTokens: TokenExchanges;
  /** What was learned about Valence's lists, as long as the API profile stays the same. */
  lists: Record<Stream, ListKnowledge>;
  dynamo: ReturnType<typeof dynamoClient>;
  /** What the state table's requests consumed since the connections were made. */
  capacity: Capacity;
  /** The secret of the state table, read or created when it is first needed. */
  tableSecret: () => Promise<DigestSecret>;
}

let kept: { made: string; connections: Connections } | undefined;

/**
 * The connections for an invocation with this configuration. New ones are made only when a setting of theirs has changed.
 * @throws {ConfigError} when this Node cannot use a proxy, and one is set
 */
export function connect({ valence, datadog, proxy, stateTable }: Config): Connections {
  const endpoints = Object.entries(process.env).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL'));
  const made = JSON.stringify([valence, datadog.secretId, proxy, stateTable, endpoints]);
  if (kept?.made !== made) {
    const client = secretsClient();
    const clock = systemClock;
    const dynamo = dynamoClient();
    const egress = proxyWithSecret(proxy, client, clock);
    kept = {
      made,
      connections: {
        transport: axiosTransport(egress),
        proxyCredentials: egress?.credentials,
        valenceKey: secretKey({ client, secretId: valence.secretId, owner: 'Valence', clock }),
        datadogKey: secretKey({ client, secretId: datadog.secretId, owner: 'Datadog', clock }),
        valenceTokens: tokenExchanges(),
        lists: { alerts: noListKnowledge(), 'audit-logs': noListKnowledge() },
        dynamo,
        capacity: countCapacity(dynamo),
        tableSecret: tableSecret({ client: dynamo, table: stateTable }),
      },
    };
  }
  kept.connections.proxyCredentials?.startInvocation();
  kept.connections.valenceKey.startInvocation();
  kept.connections.datadogKey.startInvocation();
  kept.connections.valenceTokens.startInvocation();
  return kept.connections;
}

/** The core's ports, on real services. */
export function connectPorts(
  config: Config,
  { transport, valenceKey, datadogKey, valenceTokens, lists, dynamo, tableSecret: secret }: Connections,
  telemetry: Telemetry,
): Ports & { quarantine: QuarantineBucket; hours: HourLeases } {
  const clock = systemClock;
  const random = Math.random;
  return {
    clock,
    random,
    lists,
    telemetry,
    source: valenceSource({
      transport,
      apiKey: valenceKey,
      tokens: valenceTokens,
      origin: config.valence.origin,
      profile: config.valence.profile,
      clock,
      random,
      telemetry,
    }),
    sink: datadogSink({
      transport,
      apiKey: datadogKey,
      url: config.datadog.intakeUrl,
      version: VERSION,
      clock,
      telemetry,
    }),
    store: dynamoStateStore({ client: dynamo, table: config.stateTable }),
    hours: dynamoHourLeases({ client: dynamo, table: config.stateTable }),
    quarantine: s3Quarantine({ bucket: config.quarantineBucket, tenant: config.tenant, secret }),
  };
}

/** A lease owner unlike any other: Lambda repeats request ids when it retries. */
export const leaseOwner = (requestId: string): string => `${requestId}#${randomUUID()}`;
