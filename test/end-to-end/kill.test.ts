import { expect, it } from 'vitest';
import type { Stream } from '../../lambda/contract.ts';
import type { DynamoDbFault } from '../../tools/stand-ins/aws/dynamodb.ts';
import { arrivals, EXACTLY_ONCE, unmarkedRepeats } from '../support/arrivals.ts';
import { startArtefact } from '../support/artefact.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alerts, auditRecord, auditRecords } from '../support/records.ts';
import { refusePostsWith } from '../support/refusals.ts';
import type { Tenant } from '../support/tenant.ts';

const { newTenant } = useForwarder();

/** Longer than the lease of a run that was given four minutes. */
const LEASE_SECONDS = 300;

const MAX_BATCH_LOGS = 1000;

type Kill = () => void;

/** Kills at the n-th (from 1) page of audit records, when it is asked for. */
const atPage = (n: number) => (tenant: Tenant, kill: Kill) => {
  let pages = 0;
  tenant.valence.intercept = () => {
    if (++pages !== n) return undefined;
    kill();
    return 'reset';
  };
};

/** Kills at the n-th post, which Datadog takes or not. */
const atPost = (n: number, taken: boolean) => (tenant: Tenant, kill: Kill) => {
  let posts = 0;
  tenant.datadog.intercept = async (_, answer) => {
    if (++posts !== n) return undefined;
    if (taken) await answer();
    kill();
    return 'reset';
  };
};

/** Kills at the n-th request of a kind to the state table, which is carried out (`lose-reply`) or not (`reset`). */
const atTable = (operation: string, n: number, fault: DynamoDbFault) => (tenant: Tenant, kill: Kill) => {
  let requests = 0;
  tenant.aws.dynamoDb.intercept = (asked) => {
    if (asked !== operation || ++requests !== n) return undefined;
    kill();
    return fault;
  };
};

const MOMENTS: [moment: string, arrange: (tenant: Tenant, kill: Kill) => void][] = [
  ['when it asks for the lease', atTable('UpdateItem', 1, 'lose-reply')],
  ['when it announces its first slice', atTable('UpdateItem', 2, 'lose-reply')],
  ['when it asks for the first page', atPage(1)],
  ['when it asks for the third page', atPage(3)],
  ['before Datadog has taken the first batch', atPost(1, false)],
  ['after Datadog has taken the first batch', atPost(1, true)],
  ['after Datadog has taken the second batch', atPost(2, true)],
  ['before the ledger has noted the second batch', atTable('PutItem', 2, 'reset')],
  ['after the ledger has noted the second batch', atTable('PutItem', 2, 'lose-reply')],
];

/** Kills a run of one stream, and judges what the two runs after it make of that. */
async function expectOneMarkedBatch(
  stream: Stream,
  arrange: (tenant: Tenant, kill: Kill) => void,
): Promise<void> {
  const other = stream === 'alerts' ? 'COLLECT_AUDIT_LOGS' : 'COLLECT_ALERTS';
  await using tenant = await newTenant({
    profile: { alerts: { pageSize: 800 }, auditLogs: { pageSize: 800 } },
    environment: { [other]: 'false', PARALLEL_SLICES: '1' },
  });
  const newest = tenant.now() - 60;
  const given =
    stream === 'alerts' ? { alerts: alerts(2500, newest) } : { auditLogs: auditRecords(2500, newest) };
  tenant.valence.alerts.add(given.alerts ?? []);
  tenant.valence.auditLogs.add(given.auditLogs ?? []);
  const victim = startArtefact();
  arrange(tenant, victim.kill);

  await expect(tenant.run({ artefact: victim })).rejects.toThrow('The process ended');
  tenant.valence.intercept = undefined;
  tenant.datadog.intercept = undefined;
  tenant.aws.dynamoDb.intercept = undefined;
  tenant.travel(LEASE_SECONDS);
  const second = await tenant.run();
  const third = await tenant.run();

  const { missing, excess } = arrivals(tenant, given);
  expect(second.status).toBe('ok');
  expect(third.streams[stream]?.forwarded).toBe(0);
  expect(missing).toEqual([]);
  expect(excess.length).toBeLessThanOrEqual(MAX_BATCH_LOGS);
  expect(unmarkedRepeats(tenant.logs(stream))).toEqual([]);
}

it.each(MOMENTS)(
  'F66 F67 killed %s: the next run loses nothing and repeats at most one batch, marked',
  (_, arrange) => expectOneMarkedBatch('audit-logs', arrange),
);

it.each([
  ['after Datadog has taken the first batch', atPost(1, true)],
  ['before the ledger has noted the second batch', atTable('PutItem', 2, 'reset')],
  ['after the ledger has noted the second batch', atTable('PutItem', 2, 'lose-reply')],
] as const)('F67 killed with alerts %s: likewise', (_, arrange) => expectOneMarkedBatch('alerts', arrange));

/** Kills when the quarantine is asked to keep an object, which it does or not. */
const atQuarantine = (stored: boolean) => (tenant: Tenant, kill: Kill) => {
  tenant.aws.s3.intercept = async ({ method }, answer) => {
    if (method !== 'PUT') return undefined;
    if (stored) await answer();
    kill();
    return 'reset';
  };
};

it.each([
  ['before the quarantine has stored a record', atQuarantine(false)],
  ['after the quarantine has stored a record', atQuarantine(true)],
  ['after the quarantined record is noted', atTable('PutItem', 2, 'lose-reply')],
] as const)('F67 killed %s: it is stored once, and the other records arrive', async (_, arrange) => {
  await using tenant = await newTenant({
    environment: { COLLECT_ALERTS: 'false', PARALLEL_SLICES: '1', INITIAL_LOOKBACK_SECONDS: '3600' },
  });
  const rejected = auditRecord(tenant.now() - 60, 'rejected');
  const auditLogs = [auditRecord(tenant.now() - 61, 'before'), auditRecord(tenant.now() - 59, 'behind')];
  tenant.valence.auditLogs.add([rejected, ...auditLogs]);
  tenant.datadog.intercept = refusePostsWith('rejected', 400);
  const victim = startArtefact();
  arrange(tenant, victim.kill);

  await expect(tenant.run({ artefact: victim })).rejects.toThrow('The process ended');
  tenant.aws.s3.intercept = undefined;
  tenant.aws.dynamoDb.intercept = undefined;
  tenant.travel(LEASE_SECONDS);
  const second = await tenant.run();
  const third = await tenant.run();

  expect(second.status).toBe('ok');
  expect(third.streams['audit-logs']).toMatchObject({ forwarded: 0, quarantined: 0 });
  expect(Object.values(tenant.quarantine()).map(({ record }) => record)).toEqual([rejected]);
  expect(arrivals(tenant, { auditLogs }).missing).toEqual([]);
  expect(unmarkedRepeats(tenant.logs('audit-logs'))).toEqual([]);
});

it.each(['reset', 'lose-reply'] as const)(
  'F67 killed while saving progress (%s): the next run repeats nothing',
  async (fault) => {
    await using tenant = await newTenant({
      environment: { COLLECT_ALERTS: 'false', PARALLEL_SLICES: '1', INITIAL_LOOKBACK_SECONDS: '14400' },
    });
    const auditLogs = auditRecords(140, tenant.now() - 60, 100);
    tenant.valence.auditLogs.add(auditLogs);
    const start = tenant.now() - 14_400;
    const victim = startArtefact();
    tenant.aws.dynamoDb.intercept = (operation) => {
      if (operation !== 'UpdateItem' || tenant.datadog.accepted === 0) return undefined;
      victim.kill();
      return fault;
    };

    await expect(tenant.run({ artefact: victim })).rejects.toThrow('The process ended');
    tenant.aws.dynamoDb.intercept = undefined;
    const accepted = tenant.datadog.accepted;
    const { watermark } = await tenant.state('audit-logs');
    tenant.travel(LEASE_SECONDS);
    const next = await tenant.run();

    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(auditLogs.length);
    // What was not saved is proven again, by the ledger.
    expect(Number(watermark) > start + 60).toBe(fault === 'lose-reply');
    expect(next.streams['audit-logs']).toMatchObject({
      forwarded: auditLogs.length - accepted,
      caughtUp: true,
    });
    expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
  },
);

it('F66 killed while slices are processed concurrently: each repeats at most one batch, marked', async () => {
  const parallel = 4;
  await using tenant = await newTenant({
    environment: {
      COLLECT_ALERTS: 'false',
      PARALLEL_SLICES: String(parallel),
      INITIAL_LOOKBACK_SECONDS: '14400',
    },
  });
  const auditLogs = auditRecords(2800, tenant.now() - 60, 5);
  tenant.valence.auditLogs.add(auditLogs);
  const victim = startArtefact();
  atPost(3, true)(tenant, victim.kill);

  await expect(tenant.run({ artefact: victim })).rejects.toThrow('The process ended');
  tenant.datadog.intercept = undefined;
  tenant.travel(LEASE_SECONDS);
  await tenant.run();

  const { missing, excess } = arrivals(tenant, { auditLogs });
  expect(missing).toEqual([]);
  expect(excess.length).toBeLessThanOrEqual(parallel * MAX_BATCH_LOGS);
  expect(unmarkedRepeats(tenant.logs('audit-logs'))).toEqual([]);
});

it('F66 killed at the end, before the lease is released: nothing is repeated', async () => {
  await using tenant = await newTenant({ environment: { COLLECT_ALERTS: 'false' } });
  const auditLogs = auditRecords(500, tenant.now() - 60);
  tenant.valence.auditLogs.add(auditLogs);
  await tenant.run();
  const victim = startArtefact();
  atTable('UpdateItem', 2, 'reset')(tenant, victim.kill);
  tenant.travel(60);

  await expect(tenant.run({ artefact: victim })).rejects.toThrow('The process ended');
  tenant.aws.dynamoDb.intercept = undefined;
  tenant.travel(LEASE_SECONDS);
  const next = await tenant.run();

  expect(next.streams['audit-logs']).toMatchObject({ forwarded: 0, caughtUp: true });
  expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
});
