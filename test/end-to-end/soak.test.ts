import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../lambda/forwarder/core/json.ts';
import { seededRandom } from '../../local/sample-data/random.ts';
import { arrivals, unmarkedRepeats } from '../support/arrivals.ts';
import { startArtefact } from '../support/artefact.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alerts, auditRecords } from '../support/records.ts';

const forwarder = useForwarder();

/** Longer than the lease of a run that was given four minutes. */
const LEASE_SECONDS = 300;
const MAX_BATCH_LOGS = 1000;
const PARALLEL_SLICES = 2;
const STREAMS = 2;

const KILLS = 25;
/** One a second, and none older than what the last round has settled. */
const RECORDS_A_ROUND = 280;
const MAX_REQUESTS_BEFORE_KILL = 25;
const MAX_DELAY_BEFORE_KILL_MS = 15;

/** Another history each time would be a test that fails once and never again. */
const SEED = 20_261_123;

test(`F66 F67 killed ${KILLS} times at random, then left alone: everything arrives, and only marked batches twice`, async () => {
  const random = seededRandom(SEED);
  await using tenant = await forwarder.tenant({
    profile: { auditLogs: { pageSize: 150 } },
    environment: { PARALLEL_SLICES: String(PARALLEL_SLICES) },
  });
  const auditLogs: JsonObject[] = [];
  const alertRecords: JsonObject[] = [];
  let kills = 0;

  for (let round = 0; round < KILLS; round++) {
    const fresh = {
      auditLogs: auditRecords(RECORDS_A_ROUND, tenant.now()),
      alerts: alerts(20, tenant.now()).map((alert) => ({ ...alert, vuid: `${alert['vuid']} of ${round}` })),
    };
    auditLogs.push(...fresh.auditLogs);
    alertRecords.push(...fresh.alerts);
    tenant.valence.auditLogs.add(fresh.auditLogs);
    tenant.valence.alerts.add(fresh.alerts);

    const victim = startArtefact();
    let requests = random.whole(1, MAX_REQUESTS_BEFORE_KILL);
    const countDown = () => {
      if (--requests === 0) void delay(random.whole(0, MAX_DELAY_BEFORE_KILL_MS)).then(victim.kill);
      return undefined;
    };
    tenant.valence.intercept = countDown;
    tenant.datadog.intercept = countDown;
    tenant.aws.dynamoDb.intercept = countDown;
    // Some finish before their moment comes.
    await tenant.run({ artefact: victim }).catch(() => kills++);
    victim.kill();
    tenant.travel(LEASE_SECONDS);
  }
  tenant.valence.intercept = undefined;
  tenant.datadog.intercept = undefined;
  tenant.aws.dynamoDb.intercept = undefined;
  await tenant.run();
  tenant.travel(LEASE_SECONDS);
  const last = await tenant.run();

  const { missing, surplus } = arrivals(tenant, { auditLogs, alerts: alertRecords });
  expect(kills).toBeGreaterThan(KILLS / 2);
  expect(last.streams).toMatchObject({
    alerts: { forwarded: 0, caughtUp: true },
    'audit-logs': { forwarded: 0, caughtUp: true },
  });
  expect(missing).toEqual([]);
  expect(surplus.length).toBeLessThanOrEqual(kills * STREAMS * PARALLEL_SLICES * MAX_BATCH_LOGS);
  expect(unmarkedRepeats([...tenant.logs('audit-logs'), ...tenant.logs('alerts')])).toEqual([]);
});
