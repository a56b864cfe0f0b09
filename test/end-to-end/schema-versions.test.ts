import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { downgradeState } from '../../tools/ops/downgrade.ts';
import { RESOURCES } from '../../tools/run-locally/resources.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { type Artefact, startArtefact } from '../support/artefact.ts';
import { useForwarder } from '../support/forwarder.ts';
import { isMarked } from '../support/logs.ts';
import { alert, alerts, auditRecord, auditRecords } from '../support/records.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();

/** So much later a run reads the whole look-back again. */
const SWEEP_CYCLE_SECONDS = 3600;

let folder: string;
/** The last version that knows schema version 1 only, see test/fixtures/former-forwarder. */
let former: Artefact;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'former-forwarder-'));
  const packed = readFileSync(new URL('../fixtures/former-forwarder/index.mjs.gz', import.meta.url));
  const module = join(folder, 'index.mjs');
  writeFileSync(module, gunzipSync(packed));
  former = startArtefact(pathToFileURL(module).href);
});

afterAll(async () => {
  await former?.close();
  rmSync(folder, { recursive: true, force: true });
});

function fill({ valence, now }: Tenant) {
  const given = { alerts: alerts(20, now() - 60, 300), auditLogs: auditRecords(40, now() - 60, 150) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);
  return given;
}

const SILENT = {
  print: () => undefined,
  result: () => undefined,
  clear: () => undefined,
  failure: () => undefined,
};

async function downgrade({ aws }: Tenant): Promise<void> {
  const dynamo = new DynamoDBClient({
    endpoint: aws.dynamoDb.origin,
    region: 'us-east-1',
    credentials: aws.accessKey,
  });
  try {
    for (const stream of ['alerts', 'audit-logs'] as const) {
      await downgradeState(
        { dynamo } as Parameters<typeof downgradeState>[0],
        { table: RESOURCES.STATE_TABLE, name: 'ValenceForwarder' } as Parameters<typeof downgradeState>[1],
        { stream, confirmed: true },
        SILENT,
      );
    }
  } finally {
    dynamo.destroy();
  }
}

describe('F105 the schema of the state', () => {
  it('state of the former version is taken over, and nothing is repeated', async ({ tenant }) => {
    const given = fill(tenant);
    await tenant.run({ artefact: former });

    await tenant.run();

    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  });

  it('F106 records that the present version identifies in another way are not repeated', async ({
    tenant,
  }) => {
    const time = tenant.now() - 600;
    const given = {
      alerts: [
        alert(time, 'a-1', { connectorUids: ['b', 'a'] }),
        alert(time, 'a-2', { vuid: 17 }),
        alert(time, 'a-3', { vuid: undefined, connectorUids: ['z', 'y'] }),
      ],
    };
    tenant.valence.alerts.add(given.alerts);
    await tenant.run({ artefact: former });

    for (let cycle = 0; cycle < 2; cycle++) {
      tenant.travel(SWEEP_CYCLE_SECONDS);
      await tenant.run();
    }

    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  });

  it('the present version knows the alerts that the former one has noted, and what changes of them', async () => {
    await using tenant = await newTenant({
      environment: { ALERT_UPDATES: 'true', ALERT_LOOKBACK_SECONDS: '86400' },
    });
    const time = tenant.now() - 600;
    const given = ['a-1', 'a-2', 'a-3'].map((vuid) => alert(time, vuid));
    tenant.valence.alerts.add(given);
    await tenant.run({ artefact: former });
    const resolve = async (status: string) => {
      tenant.valence.alerts.remove(({ vuid }) => vuid === 'a-1');
      tenant.valence.alerts.add([alert(time, 'a-1', { status })]);
      tenant.travel(SWEEP_CYCLE_SECONDS);
      await tenant.run();
    };

    for (const status of ['Resolved', 'Open']) await resolve(status);

    const later = tenant.logs('alerts').slice(given.length);
    expect(later.map(({ valence_forwarder }) => valence_forwarder)).toMatchObject([
      // The former version has noted nothing to compare with.
      expect.not.objectContaining({ changed: expect.anything() }),
      { update: true, changed: ['status'] },
    ]);
    expect(later[0]?.['valence_forwarder']).toMatchObject({ update: true });
  });

  it('the former version refuses the present state and forwards nothing', async ({ tenant }) => {
    const given = fill(tenant);
    await tenant.run();

    const { message } = await tenant.failure({ artefact: former });

    expect(message).toContain('alerts failed (state-newer-schema)');
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  });

  it('after a downgrade the former version continues; whatever it repeats is marked', async ({ tenant }) => {
    const given = fill(tenant);
    await tenant.run();
    await downgrade(tenant);
    // Within the first two slices that sweeps with unconfirmed writes read again.
    const late = auditRecord(tenant.now() - 7000, 'late');
    tenant.valence.auditLogs.add([late]);

    await tenant.run({ artefact: former });
    await tenant.run({ artefact: former });
    const { status } = await tenant.run();

    expect(status).toBe('ok');
    const { missing, excess } = arrivals(tenant, { ...given, auditLogs: [...given.auditLogs, late] });
    expect(missing).toEqual([]);
    // The former version cannot read what the present one has noted of alerts.
    expect(excess.every((name) => given.alerts.some(({ vuid }) => name.includes(String(vuid))))).toBe(true);
    expect(tenant.datadog.logs.filter(isMarked)).toHaveLength(excess.length + 1);
  });
});
