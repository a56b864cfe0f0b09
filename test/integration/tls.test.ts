import { once } from 'node:events';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig as readInstallerConfig } from '../../lambda/content-installer/config.ts';
import { readConfig } from '../../lambda/forwarder/config.ts';
import { dynamoClient, s3Client, secretsClient } from '../../lambda/shared/aws/clients.ts';
import { ConfigError } from '../../lambda/shared/errors.ts';
import { connectAws } from '../../tools/ops/aws.ts';
import { failureOf, get } from '../support/http-requests.ts';
import { runTool } from '../support/operator/run-tool.ts';
import { UNTRUSTED_CERTIFICATE } from '../support/untrusted-certificate.ts';

let server: https.Server;
let origin: string;
let served: number;

/** Starts a server with a certificate that no client may trust. */
async function start(options: https.ServerOptions = {}): Promise<void> {
  served = 0;
  server = https.createServer({ ...UNTRUSTED_CERTIFICATE, ...options }, (_, response) => {
    served++;
    response.end('{}');
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ONCE = { maxAttempts: 1 };

/** Every client of the function, the installer and the tools, with a request of it. */
const CLIENTS: Record<string, () => Promise<unknown>> = {
  'Valence, Datadog and CloudFormation': async () => {
    throw await failureOf(get(`${origin}/`));
  },
  DynamoDB: () => dynamoClient({ ...ONCE, endpoint: origin }).send(new ListTablesCommand({})),
  'Secrets Manager': () =>
    secretsClient({ ...ONCE, endpoint: origin }).send(new GetSecretValueCommand({ SecretId: 'key' })),
  S3: async () => (await s3Client({ ...ONCE, endpoint: origin })).send(new ListBucketsCommand({})),
  'the operator’s AWS clients': async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', origin);
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    const { cloudFormation } = await connectAws({ region: 'eu-west-1' });
    return cloudFormation.send(new DescribeStacksCommand({}));
  },
};

/** What Node does by itself: it trusts this server. */
async function trustingRequest(): Promise<void> {
  const request = https.request(origin, { agent: new https.Agent() });
  request.end();
  await once(request, 'response');
  served = 0;
}

const problemOf = (name: string): Promise<Error> =>
  (CLIENTS[name] as () => Promise<unknown>)().then(
    () => new Error('The server was trusted.'),
    (error: Error) => error,
  );

afterEach(() => {
  vi.unstubAllEnvs();
  server?.close();
});

describe.each(Object.keys(CLIENTS))('with NODE_TLS_REJECT_UNAUTHORIZED=0 the client of %s', (name) => {
  beforeEach(() => vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0'));

  it('F34 sends nothing to a server with a certificate that is not trusted', async () => {
    await start();
    await trustingRequest();

    expect(String(await problemOf(name))).toMatch(/self.signed/i);
    expect(served).toBe(0);
  });

  it('speaks no version of TLS before 1.2, although Node may', async () => {
    await start({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' });
    const before = { min: tls.DEFAULT_MIN_VERSION, ciphers: tls.DEFAULT_CIPHERS };
    Object.assign(tls, { DEFAULT_MIN_VERSION: 'TLSv1', DEFAULT_CIPHERS: 'DEFAULT@SECLEVEL=0' });
    try {
      await trustingRequest();
      expect(String(await problemOf(name))).not.toMatch(/self.signed|trusted/i);
      expect(served).toBe(0);
    } finally {
      Object.assign(tls, { DEFAULT_MIN_VERSION: before.min, DEFAULT_CIPHERS: before.ciphers });
    }
  });
});

describe('NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
  const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };

  it('stops function and installer with a configuration error that names the way out', () => {
    for (const read of [readConfig, readInstallerConfig]) {
      expect(() => read(environment)).toThrow(ConfigError);
      expect(() => read(environment)).toThrow(/NODE_TLS_REJECT_UNAUTHORIZED = "0".*NODE_EXTRA_CA_CERTS/);
    }
  });

  it.each(['ops', 'doctor', 'preview', 'start'] as const)('stops the tool %s', async (tool) => {
    const { code, stderr } = await runTool(tool, [], environment);

    expect(code).toBe(1);
    expect(stderr).toContain('NODE_TLS_REJECT_UNAUTHORIZED = "0"');
  });

  it.each(['1', ''])('may be "%s"', (value) => {
    expect(() => readConfig({ NODE_TLS_REJECT_UNAUTHORIZED: value })).not.toThrow(
      'NODE_TLS_REJECT_UNAUTHORIZED',
    );
  });
});
