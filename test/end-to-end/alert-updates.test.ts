import { expect } from 'vitest';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { useForwarder } from '../support/forwarder.ts';
import { isMarked } from '../support/logs.ts';
import { ALERT_TYPE, alert, alerts } from '../support/records.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, newTenant } = useForwarder();

/** After so long the sweep has gone over everything once more. */
const SWEEP_CYCLE_SECONDS = 3600;

/** Changed alerts are forwarded, and the sweep covers its whole range in one cycle: with 30 days it would take 30 hours. */
const UPDATES_WITHIN_A_DAY = { ALERT_UPDATES: 'true', ALERT_LOOKBACK_SECONDS: '86400' };

const statuses = (tenant: Tenant) =>
  tenant.logs('alerts').map(({ alert }) => (alert as JsonObject)['status']);

const blocks = (tenant: Tenant) =>
  tenant.logs('alerts').map(({ valence_forwarder }) => valence_forwarder as JsonObject);

/** The alert as it is after each change, each time seen by a sweep. */
async function throughChanges(tenant: Tenant, changes: readonly JsonObject[]): Promise<void> {
  const { valence, now } = tenant;
  const time = now() - 60;
  for (const change of changes) {
    valence.alerts.remove(() => true);
    valence.alerts.add([alert(time, 'changing', change)]);
    await tenant.run();
    tenant.travel(SWEEP_CYCLE_SECONDS);
  }
}

const OPEN_RESOLVED_OPEN = [
  { status: 'Open' },
  { status: 'Resolved' },
  { status: 'Open' },
  { status: 'Open' },
];

it('F40 Open, Resolved, Open with updates on: three logs, the later ones marked as updates', async () => {
  await using tenant = await newTenant({ environment: UPDATES_WITHIN_A_DAY });

  await throughChanges(tenant, OPEN_RESOLVED_OPEN);

  expect(statuses(tenant)).toEqual(['Open', 'Resolved', 'Open']);
  expect(blocks(tenant)).toMatchObject([
    expect.not.objectContaining({ update: true }),
    { update: true, changed: ['status'] },
    { update: true, changed: ['status'] },
  ]);
});

it('F40 Open, Resolved, Open with updates off: one log', async ({ tenant }) => {
  await throughChanges(tenant, OPEN_RESOLVED_OPEN);

  expect(statuses(tenant)).toEqual(['Open']);
});

it('F40 each update names what has changed since the last one, and the first log names nothing', async () => {
  await using tenant = await newTenant({ environment: UPDATES_WITHIN_A_DAY });
  const events = [{ eventId: 'event-2', action: 'login' }];

  await throughChanges(tenant, [
    { severity: 'Low' },
    { severity: 'LOW' },
    { severity: 'High', events },
    { severity: 'High', events, status: 'Resolved' },
  ]);

  expect(blocks(tenant).map(({ changed }) => changed)).toEqual([
    undefined,
    ['other'],
    ['severity', 'events'],
    ['status'],
  ]);
});

it('F40 a change of a volatile field is no update', async () => {
  await using tenant = await newTenant({
    profile: { volatileFields: ['lastSeen', 'events.aux.counter'] },
    environment: UPDATES_WITHIN_A_DAY,
  });

  await throughChanges(tenant, [{ lastSeen: 1 }, { lastSeen: 2 }, { lastSeen: 3, status: 'Resolved' }]);

  expect(statuses(tenant)).toEqual(['Open', 'Resolved']);
});

it('F39 an alert that changes while pages are read: both versions, the latest last, and nothing else repeated', async () => {
  await using tenant = await newTenant({
    order: 'descending',
    profile: { alerts: { pageSize: 2 } },
    environment: UPDATES_WITHIN_A_DAY,
  });
  const { valence, now } = tenant;
  valence.alerts.add([...alerts(4, now() - 60), alert(now() - 50, 'changing', { status: 'Open' })]);
  valence.intercept = async (_, answer) => {
    const reply = await answer();
    if (reply === 'reset' || !String(reply.body).includes('"changing"')) return reply;
    if (valence.alerts.remove(({ vuid, status }) => vuid === 'changing' && status === 'Open') > 0) {
      valence.alerts.add([alert(now() - 50, 'changing', { status: 'Resolved' })]);
    }
    return reply;
  };

  await tenant.run();
  tenant.travel(SWEEP_CYCLE_SECONDS);
  await tenant.run();

  const ofTheOne = tenant.logs('alerts').filter(({ alert }) => (alert as JsonObject)['vuid'] === 'changing');
  expect(ofTheOne.map(({ alert }) => (alert as JsonObject)['status'])).toEqual(['Open', 'Resolved']);
  expect(ofTheOne.filter(isMarked)).toEqual([]);
  expect(tenant.logs('alerts')).toHaveLength(6);
});

it('F40 Open again after one scan has shown Open and Resolved: sent a third time', async () => {
  await using tenant = await newTenant({ environment: UPDATES_WITHIN_A_DAY });
  const { valence, now } = tenant;
  const time = now() - 60;
  const shown = [['Open'], ['Open', 'Resolved'], ['Open', 'Resolved'], ['Open'], ['Open']];

  for (const versions of shown) {
    valence.alerts.remove(() => true);
    valence.alerts.add(versions.map((status) => alert(time, 'changing', { status })));
    await tenant.run();
    tenant.travel(SWEEP_CYCLE_SECONDS);
  }

  expect(statuses(tenant)).toEqual(['Open', 'Resolved', 'Open']);
});

it.each(['true', 'false'])(
  'F95 different alerts under one key, with updates %s: each once',
  async (updates) => {
    await using tenant = await newTenant({
      environment: { ...UPDATES_WITHIN_A_DAY, ALERT_UPDATES: updates },
    });
    const { valence, now } = tenant;
    const time = now() - 60;
    valence.alerts.add([0, 1, 2].map((n) => alert(time - n, 'shared', { status: `of region ${n}` })));

    for (let run = 0; run < 3; run++) {
      await tenant.run();
      tenant.travel(SWEEP_CYCLE_SECONDS);
    }

    expect(statuses(tenant).toSorted()).toEqual(['of region 0', 'of region 1', 'of region 2']);
  },
);

it('F81 a type that Valence does not know: the alert is forwarded, flagged and counted', async ({
  tenant,
}) => {
  tenant.valence.alerts.add([
    alert(tenant.now() - 60, 'strange', { alertTypeVuid: 'unknown' }),
    alert(tenant.now() - 60, 'known'),
    alert(tenant.now() - 60, 'carried', { alertType: { ...ALERT_TYPE, name: 'Carried along' } }),
  ]);

  await tenant.run();

  const details = Object.fromEntries(
    tenant.logs('alerts').map(({ alert, alert_type_details, valence_forwarder }) => [
      (alert as JsonObject)['vuid'],
      {
        type: (alert_type_details as JsonObject | undefined)?.['name'],
        flagged: (valence_forwarder as JsonObject)['no_alert_type'],
      },
    ]),
  );
  expect(details).toEqual({
    strange: { type: undefined, flagged: true },
    known: { type: ALERT_TYPE['name'], flagged: undefined },
    carried: { type: 'Carried along', flagged: undefined },
  });
});
