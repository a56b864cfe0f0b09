import { describe, expect, onTestFinished } from 'vitest';
import type { ReplayResult } from '../../lambda/forwarder/actions/replay.ts';
import { RESOURCES } from '../../tools/run-locally/resources.ts';
import { forwarderTemplate } from '../infra/synthesised.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { startArtefact } from '../support/artefact.ts';
import { useForwarder } from '../support/forwarder.ts';
import { auditRecord } from '../support/records.ts';
import { refusePostsWith } from '../support/refusals.ts';

const { it, newTenant } = useForwarder();

/** What a stack that is given the table, the bucket and the secrets of a former one writes into its function's environment. */
function environmentOfSecondStack(): Record<string, string> {
  const template = forwarderTemplate({
    tenants: [{ name: 'acme' }],
    existingStateTable: RESOURCES.STATE_TABLE,
    existingQuarantineBucket: RESOURCES.QUARANTINE_BUCKET,
    existingValenceSecret: RESOURCES.VALENCE_SECRET_ID,
    existingDatadogSecret: RESOURCES.DATADOG_SECRET_ID,
  });
  const [{ Properties } = { Properties: {} }] = Object.values(
    template.findResources('AWS::Lambda::Function'),
  );
  const { NODE_OPTIONS: _, ...variables } = Properties.Environment.Variables as Record<string, string>;
  return variables;
}

describe('a stack that is deleted and deployed again with its table and bucket', () => {
  it('continues from the watermark, sends nothing twice, and replays what the first left in quarantine', async () => {
    await using tenant = await newTenant();
    const artefact = startArtefact();
    onTestFinished(() => artefact.close());
    const time = tenant.now() - 60;
    const rejected = [auditRecord(time, 'rejected-1'), auditRecord(time - 1, 'rejected-2')];
    const first = [auditRecord(time, 'first'), ...rejected];
    tenant.valence.auditLogs.add(first);
    tenant.datadog.intercept = refusePostsWith('rejected-', 400);
    await tenant.run();
    const { watermark } = await tenant.state('audit-logs');
    expect(Object.keys(tenant.quarantine())).toHaveLength(2);

    tenant.travel(1200);
    tenant.datadog.intercept = undefined;
    const second = [auditRecord(tenant.now() - 600, 'second')];
    tenant.valence.auditLogs.add(second);
    const again = { artefact, environment: environmentOfSecondStack() };
    const run = await tenant.run(again);
    const replayed = await tenant.act<ReplayResult>({ action: 'replay' }, again);

    expect(run.streams['audit-logs']).toMatchObject({ forwarded: 1, quarantined: 0 });
    expect(Number((await tenant.state('audit-logs'))['watermark'])).toBeGreaterThan(Number(watermark));
    expect(replayed).toEqual({ objects: 2, sent: 2, remaining: 0 });
    expect(tenant.quarantine()).toEqual({});
    expect(arrivals(tenant, { auditLogs: [...first, ...second] })).toEqual(EXACTLY_ONCE);
  });
});
