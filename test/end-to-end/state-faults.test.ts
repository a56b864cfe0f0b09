import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { DynamoDbFault } from '../../tools/stand-ins/aws/dynamodb.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { isMarked } from '../support/logs.ts';
import { alerts, auditRecord, auditRecords } from '../support/records.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();

function fill({ valence, now }: Tenant) {
  const given = { alerts: alerts(20, now() - 60, 300), auditLogs: auditRecords(40, now() - 60, 150) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);
  return given;
}

/** Meets the n-th request for an operation with a fault, for each n given (from 1). */
function failNth(
  { aws: { dynamoDb } }: Tenant,
  operation: string,
  fault: DynamoDbFault,
  ...nth: number[]
): void {
  let seen = 0;
  dynamoDb.intercept = (asked) => (asked === operation && nth.includes(++seen) ? fault : undefined);
}

const THROTTLED: DynamoDbFault = { error: 'ProvisionedThroughputExceededException' };

it('F53 the table throttles every call temporarily: the run continues, each record once', async ({
  tenant,
}) => {
  const given = fill(tenant);
  const refused = new Map<string, number>();
  tenant.aws.dynamoDb.intercept = (operation) => {
    const times = (refused.get(operation) ?? 0) + 1;
    refused.set(operation, times);
    return times <= 2 ? THROTTLED : undefined;
  };

  const result = await tenant.run();

  expect(result.status).toBe('ok');
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('F53 the table throttles permanently: the run fails before it reads anything', async ({ tenant }) => {
  const given = fill(tenant);
  tenant.aws.dynamoDb.intercept = () => THROTTLED;

  const { message } = await tenant.failure();
  tenant.aws.dynamoDb.intercept = undefined;
  const read = tenant.valence.requests.length;
  await tenant.run();

  expect(message).toContain('alerts failed (state-throttled)');
  expect(read).toBe(0);
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it.for([
  ['of the lease', 'UpdateItem', [1, 2]],
  ['of every write of progress', 'UpdateItem', [3, 5, 7, 9]],
  ['of the ledger', 'PutItem', [1, 2]],
  ['of a look into the ledger', 'Query', [1]],
] as const)('F54 the reply %s is lost: each record once', async ([, operation, nth], { tenant }) => {
  const given = fill(tenant);
  failNth(tenant, operation, 'lose-reply', ...nth);

  const result = await tenant.run();
  tenant.aws.dynamoDb.intercept = undefined;
  const second = await tenant.run();

  expect(result.status).toBe('ok');
  expect(second.streams['audit-logs']?.forwarded).toBe(0);
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('F54 the ledger cannot be written: accepted logs may be repeated, marked, and nothing is lost', async () => {
  await using tenant = await newTenant({ environment: { COLLECT_ALERTS: 'false' } });
  const auditLogs = auditRecords(20, tenant.now() - 60);
  tenant.valence.auditLogs.add(auditLogs);
  tenant.aws.dynamoDb.intercept = (operation) =>
    operation === 'PutItem' ? { error: 'InternalServerError', status: 500 } : undefined;

  const { message } = await tenant.failure();
  tenant.aws.dynamoDb.intercept = undefined;
  await tenant.run();
  const third = await tenant.run();

  expect(message).toContain('audit-logs failed (state-unreachable)');
  expect(arrivals(tenant, { auditLogs: [...auditLogs, ...auditLogs] })).toEqual(EXACTLY_ONCE);
  expect(tenant.datadog.logs.filter(isMarked)).toHaveLength(20);
  expect(third.streams['audit-logs']?.forwarded).toBe(0);
});

it('F56 the lease of a killed run holds until its end, then the next run takes over', async ({ tenant }) => {
  await tenant.run();
  tenant.travel(30);
  const later = auditRecord(tenant.now() - 10, 'later');
  tenant.valence.auditLogs.add([later]);
  await tenant.changeState('audit-logs', {
    owner: { S: 'a run that was killed' },
    leaseUntil: { N: String(tenant.now() + 100) },
    clean: { BOOL: false },
  });

  const held = await tenant.run();
  tenant.travel(101);
  const taken = await tenant.run();

  expect(held).toMatchObject({
    status: 'ok',
    streams: { 'audit-logs': { skipped: 'lease-held', error: null } },
  });
  expect(taken.streams['audit-logs']).toMatchObject({ skipped: null, forwarded: 1 });
  expect(arrivals(tenant, { auditLogs: [later] })).toEqual(EXACTLY_ONCE);
});

it('F58 the table is missing: both streams fail before anything is read', async ({ tenant }) => {
  fill(tenant);

  const { message } = await tenant.failure({ environment: { STATE_TABLE: 'nowhere' } });

  expect(message).toContain('alerts failed (state-missing-table)');
  expect(message).toContain('audit-logs failed (state-missing-table)');
  expect(message).toContain('STATE_TABLE');
  expect(tenant.valence.requests).toEqual([]);
});

it('F58 access to the table is denied: both streams fail before anything is read', async ({ tenant }) => {
  tenant.aws.dynamoDb.intercept = () => ({ error: 'AccessDeniedException' });

  const { message } = await tenant.failure();

  expect(message).toContain('alerts failed (state-denied)');
  expect(message).toContain('dynamodb:UpdateItem');
  expect(tenant.valence.requests).toEqual([]);
});

const UNTRUE: [name: string, change: (now: number) => Record<string, AttributeValue>, code: string][] = [
  ['a watermark that is no number', () => ({ watermark: { S: 'NaN' } }), 'state-corrupt'],
  ['a watermark in the future', (now) => ({ watermark: { N: String(now + 30 * 86_400) } }), 'state-corrupt'],
  [
    'a final watermark above the watermark',
    (now) => ({ finalWatermark: { N: String(now + 60) } }),
    'state-corrupt',
  ],
  ['a newer schema', () => ({ schemaVersion: { N: '99' } }), 'state-newer-schema'],
];

it.each(UNTRUE)(
  'F61 a state item with %s: refused and left unchanged, and nothing is read',
  async (_, change, code) => {
    await using tenant = await newTenant({ environment: { COLLECT_ALERTS: 'false' } });
    await tenant.run();
    await tenant.changeState('audit-logs', change(tenant.now()));
    const before = await tenant.state('audit-logs');
    const read = tenant.valence.requests.length;

    const { message } = await tenant.failure();

    expect(message).toContain(`audit-logs failed (${code})`);
    expect(message).toMatch(/delete-item|Deploy the version/);
    expect(tenant.valence.requests).toHaveLength(read);
    expect(await tenant.state('audit-logs')).toEqual(before);
  },
);
