import { describe, expect } from 'vitest';
import { arrivals, EXACTLY_ONCE, unmarkedRepeats } from '../support/arrivals.ts';
import { startArtefact } from '../support/artefact.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alerts, auditRecord, auditRecords } from '../support/records.ts';
import { refusePostsWith } from '../support/refusals.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();

const STREAMS = ['alerts', 'audit-logs'] as const;
const AUDIT_PATH = '/api/v1/audit-logs';

function fill({ valence, now }: Tenant) {
  const given = { alerts: alerts(20, now() - 60, 300), auditLogs: auditRecords(40, now() - 60, 150) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);
  return given;
}

describe('concurrent runs', () => {
  it('F68 the same event with the same request id twice at once: one run serves, the other skips', async ({
    tenant,
  }) => {
    const given = fill(tenant);

    const results = await Promise.all([1, 2].map(() => tenant.run({ requestId: 'the-same' })));

    for (const stream of STREAMS) {
      const skipped = results.filter(({ streams }) => streams[stream]?.skipped === 'lease-held');
      expect(skipped).toHaveLength(1);
    }
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok']);
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  });

  it('F69 five concurrent runs in separate processes: each record once', async ({ tenant }) => {
    const given = fill(tenant);
    const others = [startArtefact(), startArtefact()];

    const results = await Promise.all([
      ...others.flatMap((artefact) => [tenant.run({ artefact }), tenant.run({ artefact })]),
      tenant.run(),
    ]);
    await Promise.all(others.map((artefact) => artefact.close()));

    for (const stream of STREAMS) {
      const forwarded = results.map(({ streams }) => streams[stream]?.forwarded ?? 0);
      expect(forwarded.reduce((sum, count) => sum + count, 0)).toBe(
        stream === 'alerts' ? given.alerts.length : given.auditLogs.length,
      );
    }
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  });
});

const UNNOTED = 'at a note in the ledger that is denied';

/** Ways in which an invocation fails while others of its calls are under way, each once. */
const FAILURES: [name: string, arrange: (tenant: Tenant, once: () => boolean) => void][] = [
  [
    'at a page that Valence refuses',
    ({ valence }, once) => {
      valence.intercept = ({ path }) => (path === AUDIT_PATH && once() ? { status: 409 } : undefined);
    },
  ],
  [
    'at the alert types',
    ({ valence }, once) => {
      valence.intercept = ({ path }) =>
        path.endsWith('/alert-types') && once() ? { status: 400 } : undefined;
    },
  ],
  [
    'at a post that is sent elsewhere',
    ({ datadog }, once) => {
      datadog.intercept = () => (once() ? { status: 301 } : undefined);
    },
  ],
  [
    UNNOTED,
    ({ aws: { dynamoDb } }, once) => {
      dynamoDb.intercept = (operation) =>
        operation === 'PutItem' && once() ? { error: 'AccessDeniedException' } : undefined;
    },
  ],
];

it.each(FAILURES)('F73 an invocation that failed %s leaves nothing running', async (name, arrange) => {
  await using tenant = await newTenant({
    profile: { alerts: { pageSize: 3 }, auditLogs: { pageSize: 3 } },
    environment: { PARALLEL_SLICES: '4', INITIAL_LOOKBACK_SECONDS: '14400' },
  });
  const given = fill(tenant);
  let left = 1;
  arrange(tenant, () => left-- > 0);
  const done = () => ({
    read: tenant.valence.requests.length,
    posted: tenant.datadog.requests.length,
    noted: tenant.aws.dynamoDb.operations.length,
  });

  await tenant.failure();
  const afterFailure = done();
  // Another tenant's invocation gives whatever was left behind time to show itself.
  await using other = await newTenant();
  const otherGiven = fill(other);
  await other.run();
  const afterOther = done();
  await tenant.run();

  expect(left).toBeLessThanOrEqual(0);
  expect(afterOther).toEqual(afterFailure);
  expect(arrivals(other, otherGiven)).toEqual(EXACTLY_ONCE);
  const { missing, excess } = arrivals(tenant, given);
  expect(missing).toEqual([]);
  // Only what could not be noted comes again.
  if (name !== UNNOTED) expect(excess).toEqual([]);
  expect(unmarkedRepeats(tenant.datadog.logs)).toEqual([]);
});

it('F74 the quarantine bucket is missing: the stream stops, nothing is dropped; with the bucket it continues', async ({
  tenant,
}) => {
  const given = fill(tenant);
  const rejected = auditRecord(tenant.now() - 60, 'rejected');
  tenant.valence.auditLogs.add([rejected]);
  tenant.datadog.intercept = refusePostsWith('rejected', 400);

  const { message } = await tenant.failure({ environment: { QUARANTINE_BUCKET: 'nothing' } });
  const held = await tenant.state('audit-logs');
  await tenant.run();

  expect(message).toContain('audit-logs failed (quarantine-missing)');
  expect(message).toContain('QUARANTINE_BUCKET');
  expect(message).not.toContain('alerts failed');
  expect(Number(held['watermark'])).toBeLessThan(tenant.now() - 60);
  expect(Object.values(tenant.quarantine()).map(({ record }) => record)).toEqual([rejected]);
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});
