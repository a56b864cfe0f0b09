import { expect, test } from 'vitest';
import type { DynamoDbFault } from '../../local/stand-ins/dynamodb.ts';
import { arrivals, EXACTLY_ONCE, unmarkedRepeats } from '../support/arrivals.ts';
import { startArtefact } from '../support/artefact.ts';
import { useForwarder } from '../support/forwarder.ts';
import { auditRecords } from '../support/records.ts';
import type { Tenant } from '../support/tenant.ts';

const forwarder = useForwarder();

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

test.each(MOMENTS)(
  'F66 F67 killed %s: the next run loses nothing and repeats one marked batch at most',
  async (_, arrange) => {
    await using tenant = await forwarder.tenant({
      profile: { auditLogs: { pageSize: 800 } },
      environment: { COLLECT_ALERTS: 'false', PARALLEL_SLICES: '1' },
    });
    const auditLogs = auditRecords(2500, tenant.now() - 60);
    tenant.valence.auditLogs.add(auditLogs);
    const victim = startArtefact();
    arrange(tenant, victim.kill);

    await expect(tenant.run({ artefact: victim })).rejects.toThrow('The process ended');
    tenant.valence.intercept = undefined;
    tenant.datadog.intercept = undefined;
    tenant.aws.dynamoDb.intercept = undefined;
    tenant.travel(LEASE_SECONDS);
    const second = await tenant.run();
    const third = await tenant.run();

    const { missing, surplus } = arrivals(tenant, { auditLogs });
    expect(second.status).toBe('ok');
    expect(third.streams['audit-logs']?.forwarded).toBe(0);
    expect(missing).toEqual([]);
    expect(surplus.length).toBeLessThanOrEqual(MAX_BATCH_LOGS);
    expect(unmarkedRepeats(tenant.logs('audit-logs'))).toEqual([]);
  },
);

test('F66 killed while slices are drained side by side: each repeats one batch at most, all marked', async () => {
  const parallel = 4;
  await using tenant = await forwarder.tenant({
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

  const { missing, surplus } = arrivals(tenant, { auditLogs });
  expect(missing).toEqual([]);
  expect(surplus.length).toBeLessThanOrEqual(parallel * MAX_BATCH_LOGS);
  expect(unmarkedRepeats(tenant.logs('audit-logs'))).toEqual([]);
});

test('F66 killed at the very end, before the lease is given back: nothing is repeated', async () => {
  await using tenant = await forwarder.tenant({ environment: { COLLECT_ALERTS: 'false' } });
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
