import { describe, expect } from 'vitest';
import { QUARANTINED_BYTES_EACH } from '../../lambda/limits.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { auditRecord } from '../support/records.ts';
import { refusePostsWith } from '../support/refusals.ts';
import type { Tenant } from '../support/tenant.ts';

const { it } = useForwarder();

const LIMIT = 5;
const environment = { MAX_QUARANTINED: String(LIMIT) };

/** The numbers of objects in quarantine after each run, until a run succeeds or there were twice as many as are needed. */
async function runUntilDrained(tenant: Tenant, records: number): Promise<number[]> {
  const counts: number[] = [];
  while (counts.length < (2 * records) / LIMIT) {
    const failed = await tenant.run({ environment }).then(
      () => false,
      (error: Error) => error.message.includes('quarantine-limit'),
    );
    counts.push(tenant.aws.s3.objects.size);
    if (!failed) return counts;
    tenant.travel(300);
  }
  return counts;
}

describe('a source that sends far more than may be quarantined', () => {
  it('of refused records: the stream fails, and every run advances by the limit', async ({ tenant }) => {
    const time = tenant.now() - 300;
    const refused = Array.from({ length: 10 * LIMIT }, (_, n) => auditRecord(time - n, `rejected-${n}`));
    const good = [auditRecord(time, 'good'), auditRecord(time - 100, 'good, too')];
    tenant.valence.auditLogs.add([...refused, ...good]);
    tenant.datadog.intercept = refusePostsWith('rejected-', 400);

    const first = await tenant.failure({ environment });
    const { watermark } = await tenant.state('audit-logs');
    const counts = await runUntilDrained(tenant, refused.length);

    expect(first.message).toContain('quarantine-limit');
    expect(Number(watermark)).toBeLessThan(time - 50);
    expect(counts).toEqual(Array.from({ length: 9 }, (_, run) => Math.min(10, run + 2) * LIMIT));
    expect(arrivals(tenant, { auditLogs: good })).toMatchObject({ missing: [] });
    tenant.datadog.intercept = undefined;
    await tenant.act({ action: 'replay' });
    expect(arrivals(tenant, { auditLogs: [...good, ...refused] })).toEqual(EXACTLY_ONCE);
  });

  it('of refused bytes: the stream fails, and every run advances by as much as it may', async ({
    tenant,
  }) => {
    const time = tenant.now() - 300;
    const blob = 'x'.repeat(0.9 * LIMIT * QUARANTINED_BYTES_EACH);
    const refused = [1, 2, 3].map((n) => auditRecord(time - n, `rejected-${n}`, { blob }));
    tenant.valence.auditLogs.add([...refused, auditRecord(time - 100, 'good')]);
    tenant.datadog.intercept = refusePostsWith('rejected-', 400);

    expect(await runUntilDrained(tenant, 50)).toEqual([1, 2, 3]);
  });
});
