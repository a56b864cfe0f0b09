import { describe, expect, it } from 'vitest';
import { backfillDefinition } from '../../infra/backfill-definition.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { type StateMachine, TaskError } from '../../tools/stand-ins/aws/state-machine/definition.ts';
import { execute } from '../../tools/stand-ins/aws/state-machine/execute.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { hoursBack, servedTenantOf } from '../support/backfill-tenant.ts';
import { useForwarder } from '../support/forwarder.ts';
import { auditRecords } from '../support/records.ts';
import type { InvocationOptions, Tenant } from '../support/tenant.ts';

const { newTenant } = useForwarder();
const servedTenant = servedTenantOf(newTenant);

const HOUR = 3600;

describe('a backfill by the state machine', () => {
  const definition = backfillDefinition({
    functionArn: 'function',
    invokeArn: 'invoke',
    concurrency: 3,
  }) as StateMachine;

  const executeOver = (tenant: Tenant, input: object, options?: InvocationOptions) =>
    execute(definition, input, {
      invoke: async (payload) => {
        try {
          return await tenant.act(payload as object, options);
        } catch (error) {
          throw new TaskError('RunFailed', String(error));
        }
      },
    }) as Promise<JsonObject>;

  it('concurrent slices and a live run: each record once, and nothing when repeated', async () => {
    await using tenant = await servedTenant();
    const range = hoursBack(tenant, 16, 4);
    const auditLogs = auditRecords(1500, range.to - 1, 28);
    tenant.valence.auditLogs.add(auditLogs);
    const input = { stream: 'audit-logs', ...range };

    const [first] = await Promise.all([executeOver(tenant, input), tenant.run()]);
    const second = await executeOver(tenant, input);

    expect(first).toMatchObject({ ...range, slices: 12, done: 12, forwarded: 1500, failures: [] });
    expect(second).toMatchObject({ done: 12, forwarded: 0, duplicates: 1500, failures: [] });
    expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
  });

  it('a slice that Valence fails is in the result; starting the same backfill again completes it', async () => {
    await using tenant = await servedTenant();
    const range = hoursBack(tenant, 10, 6);
    const auditLogs = auditRecords(400, range.to - 1, 36);
    tenant.valence.auditLogs.add(auditLogs);
    const broken = range.from + HOUR;
    tenant.valence.intercept = ({ query }) =>
      Number(query.get('from')) === broken - 1 ? { status: 409 } : undefined;
    const input = { stream: 'audit-logs', ...range };

    const first = await executeOver(tenant, input);
    tenant.valence.intercept = undefined;
    const second = await executeOver(tenant, input);

    expect(first).toMatchObject({ slices: 4, done: 3, failures: [{ from: broken, to: broken + HOUR }] });
    expect(JSON.stringify(first)).toContain('The backfill of audit-logs failed');
    expect(second).toMatchObject({ slices: 4, done: 4, failures: [] });
    expect(arrivals(tenant, { auditLogs })).toEqual(EXACTLY_ONCE);
  });
});
