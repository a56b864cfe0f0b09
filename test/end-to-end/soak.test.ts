import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { STREAMS } from '../../lambda/contract.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { seededRandom } from '../../tools/sample-data/random.ts';
import { arrivals, unmarkedRepeats } from '../support/arrivals.ts';
import { startArtefact } from '../support/artefact.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alerts, auditRecords } from '../support/records.ts';

const { newTenant } = useForwarder();

/** Longer than the lease of a run that was given four minutes. */
const LEASE_SECONDS = 300;
const PARALLEL_SLICES = 2;

const KILLS = 15;
/** One a second, and none older than what the last round has settled. */
const RECORDS_A_ROUND = 280;
const MAX_REQUESTS_BEFORE_KILL = 25;
const MAX_POSTS_BEFORE_KILL = 2;
const MAX_DELAY_BEFORE_KILL_MS = 15;

/** Another history each time would be a test that fails once and never again. */
const SEED = 20_261_123;

const own = (log: JsonObject, name: 'fingerprint' | 'run_id'): string =>
  String((log['valence_forwarder'] as JsonObject)[name]);

/** The fingerprint of each log that had arrived before, once for each time it came again. */
function repeats(logs: readonly JsonObject[]): string[] {
  const seen = new Set<string>();
  return logs
    .map((log) => own(log, 'fingerprint'))
    .filter((fingerprint) => {
      const again = seen.has(fingerprint);
      seen.add(fingerprint);
      return again;
    });
}

it(`F66 F67 killed ${KILLS} times at random, then left alone: everything arrives, and only records without a ledger entry arrive twice, marked`, {
  timeout: 180_000,
}, async () => {
  const random = seededRandom(SEED);
  await using tenant = await newTenant({
    profile: { auditLogs: { pageSize: 150 } },
    environment: { PARALLEL_SLICES: String(PARALLEL_SLICES) },
  });
  const auditLogs: JsonObject[] = [];
  const alertRecords: JsonObject[] = [];
  /** What the ledger held when a run had ended, by the run's id. */
  const noted = new Map<string, Set<string>>();
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
    // What is in doubt lies between a post and its note, where blind chance hardly strikes.
    const kind = random.pick(['any', 'post', 'note']);
    let requests = random.whole(1, kind === 'any' ? MAX_REQUESTS_BEFORE_KILL : MAX_POSTS_BEFORE_KILL);
    const delayMs = kind === 'post' ? 0 : random.whole(0, MAX_DELAY_BEFORE_KILL_MS);
    const countDown = (met: 'post' | 'note' | 'other') => {
      if ((kind === 'any' || kind === met) && --requests === 0) void delay(delayMs).then(victim.kill);
      return undefined;
    };
    tenant.valence.intercept = () => countDown('other');
    tenant.datadog.intercept = async (_, answer) => {
      await answer();
      return countDown('post');
    };
    tenant.aws.dynamoDb.intercept = (operation) => countDown(operation === 'PutItem' ? 'note' : 'other');
    // Some finish before their moment comes.
    const requestId = `round-${round}`;
    await tenant.run({ artefact: victim, requestId }).catch(() => kills++);
    victim.kill();
    const held = await Promise.all(STREAMS.map((stream) => tenant.noted(stream)));
    noted.set(requestId, new Set(held.flatMap((each) => [...each])));
    tenant.travel(LEASE_SECONDS);
  }
  tenant.valence.intercept = undefined;
  tenant.datadog.intercept = undefined;
  tenant.aws.dynamoDb.intercept = undefined;
  await tenant.run();
  tenant.travel(LEASE_SECONDS);
  const last = await tenant.run();

  const { missing, excess } = arrivals(tenant, { auditLogs, alerts: alertRecords });
  expect(kills).toBeGreaterThan(KILLS / 2);
  expect(last.streams).toMatchObject({
    alerts: { forwarded: 0, caughtUp: true },
    'audit-logs': { forwarded: 0, caughtUp: true },
  });
  expect(missing).toEqual([]);
  const logs = STREAMS.flatMap((stream) => tenant.logs(stream));
  /** How often a log was accepted from a run that ended without a note of it, by fingerprint. */
  const doubts = new Map<string, number>();
  for (const log of logs) {
    const fingerprint = own(log, 'fingerprint');
    if (noted.get(own(log, 'run_id'))?.has(fingerprint) === false) {
      doubts.set(fingerprint, (doubts.get(fingerprint) ?? 0) + 1);
    }
  }
  const unjustified = new Map(doubts);
  const repeated = repeats(logs).filter((fingerprint) => {
    const left = unjustified.get(fingerprint) ?? 0;
    unjustified.set(fingerprint, left - 1);
    return left <= 0;
  });
  expect(doubts.size).toBeGreaterThan(0);
  expect(repeated).toEqual([]);
  expect(excess).toHaveLength(repeats(logs).length);
  expect(unmarkedRepeats(logs)).toEqual([]);
});
