import { expect } from 'vitest';
import type { Intercept, StandInResponse } from '../../tools/stand-ins/http-server.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { alert, alerts, auditRecord, auditRecords } from '../support/records.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, transcript } = useForwarder();

const ALERTS_PATH = '/api/v1/alerts';
const AUDIT_PATH = '/api/v1/audit-logs';
const TYPES_PATH = '/api/v1/alert-types';

/** Time that the function keeps for itself at the end of an invocation, in milliseconds. */
const RESERVE_MS = 5000;

function fill({ valence, now }: Tenant) {
  const given = { alerts: alerts(20, now() - 60, 300), auditLogs: auditRecords(40, now() - 60, 150) };
  valence.alerts.add(given.alerts);
  valence.auditLogs.add(given.auditLogs);
  return given;
}

const instead =
  (path: string, response: StandInResponse | 'reset'): Intercept =>
  (request) =>
    request.path === path ? response : undefined;

/** The fault meets the first `times` requests for audit records. */
const atFirst = (
  times: number,
  fault: (answer: () => Promise<unknown>) => ReturnType<Intercept>,
): Intercept => {
  let left = times;
  return ({ path }, answer) => (path === AUDIT_PATH && left-- > 0 ? fault(answer) : undefined);
};

async function* broken(text: string): AsyncIterable<string> {
  yield text.slice(0, text.length / 2);
  throw new Error('the connection breaks here');
}

const PASSING_FAULTS: Record<string, (answer: () => Promise<unknown>) => ReturnType<Intercept>> = {
  'F03 429 with Retry-After in seconds': () => ({ status: 429, headers: { 'retry-after': '0' } }),
  'F04 429 with Retry-After as a date in the past': () => ({
    status: 429,
    headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' },
  }),
  'F04 429 with a negative Retry-After': () => ({ status: 429, headers: { 'retry-after': '-5' } }),
  'F04 429 with garbage for a Retry-After': () => ({ status: 429, headers: { 'retry-after': 'soon' } }),
  'F05 429 without a header': () => ({ status: 429 }),
  'F06 500': () => ({ status: 500 }),
  'F06 503': () => ({ status: 503 }),
  'F01 connection closed without an answer': () => 'reset',
  'F07 reset in the middle of a body': async (answer) => {
    const reply = (await answer()) as StandInResponse;
    return { ...reply, body: broken(String(reply.body)) };
  },
  'F08 truncated JSON': async (answer) => {
    const reply = (await answer()) as StandInResponse;
    return { ...reply, body: String(reply.body).slice(0, -20) };
  },
  'F09 trailing bytes behind the JSON': async (answer) => {
    const reply = (await answer()) as StandInResponse;
    return { ...reply, body: `${reply.body}trailing` };
  },
  'F10 an HTML page with 200': () => ({
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<html><body>Down for maintenance</body></html>',
  }),
};

it('F02 a body that never ends is aborted with the run; the watermark stays, and the next run continues', async ({
  tenant,
}) => {
  const given = fill(tenant);
  await tenant.run();
  const before = await tenant.state('audit-logs');
  const later = auditRecord(tenant.now() + 30, 'later');
  tenant.valence.auditLogs.add([later]);
  tenant.travel(60);
  await using dripping = await scriptedServer(() => (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(drip));
  });

  const cut = await tenant.run({
    environment: { VALENCE_BASE_URL: dripping.origin },
    timeoutMs: RESERVE_MS + 1500,
  });
  const after = await tenant.state('audit-logs');
  const next = await tenant.run();

  expect(dripping.requests.length).toBeGreaterThan(0);
  expect(cut).toMatchObject({
    status: 'partial',
    streams: { 'audit-logs': { forwarded: 0, caughtUp: false } },
  });
  expect(after['watermark']).toBe(before['watermark']);
  expect(next.streams['audit-logs']).toMatchObject({ forwarded: 1, caughtUp: true });
  expect(arrivals(tenant, { ...given, auditLogs: [...given.auditLogs, later] })).toEqual(EXACTLY_ONCE);
});

it.for(Object.keys(PASSING_FAULTS))(
  'a temporary %s: each record once, none marked',
  async (name, { tenant }) => {
    const given = fill(tenant);
    tenant.valence.intercept = atFirst(2, PASSING_FAULTS[name] as (typeof PASSING_FAULTS)[string]);

    const result = await tenant.run();

    expect(result.status).toBe('ok');
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
    expect(tenant.datadog.logs.some((log) => JSON.stringify(log).includes('possible_duplicate'))).toBe(false);
  },
);

const LASTING_FAULTS: [name: string, response: StandInResponse | 'reset', code: string, said: string][] = [
  ['F01 connection closed without an answer', 'reset', 'source-interrupted', 'audit-logs'],
  ['F06 500', { status: 500 }, 'source-status', '500'],
  ['F06 503', { status: 503 }, 'source-status', '503'],
  [
    'F10 an HTML page with 200',
    { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
    'source-not-json',
    'text/html',
  ],
  ['F11 200 with {}', { status: 200, body: '{}' }, 'source-shape', 'itemsPath'],
  ['F11 a renamed list field', { status: 200, body: '{"rows":[]}' }, 'source-shape', 'rows'],
  ['F11 an answer without a body', { status: 200 }, 'source-not-json', AUDIT_PATH],
  ['404', { status: 404 }, 'source-status', 'auditLogs.path'],
  ['400', { status: 400 }, 'source-status', 'VALENCE_BASE_URL'],
];

it.for(LASTING_FAULTS)(
  'a lasting %s: the stream fails, the other is served, the next run recovers',
  async ([, response, code, said], { tenant }) => {
    const given = fill(tenant);
    await tenant.run({ environment: { COLLECT_ALERTS: 'false', INITIAL_LOOKBACK_SECONDS: '7200' } });
    const later = auditRecord(tenant.now() + 50, 'later');
    tenant.valence.auditLogs.add([later]);
    tenant.travel(120);
    const before = await tenant.state('audit-logs');
    tenant.valence.intercept = instead(AUDIT_PATH, response);

    const { name, message } = await tenant.failure();
    const after = await tenant.state('audit-logs');
    const served = arrivals(tenant, { alerts: given.alerts, auditLogs: given.auditLogs });
    tenant.valence.intercept = undefined;
    const repaired = await tenant.run();

    expect(name).toBe('RunFailed');
    expect(message).toContain(`audit-logs failed (${code})`);
    expect(message).toContain(said);
    expect(message).not.toContain('alerts failed');
    expect(after['watermark']).toBe(before['watermark']);
    expect(served).toEqual(EXACTLY_ONCE);
    expect(repaired.status).toBe('ok');
    expect(arrivals(tenant, { ...given, auditLogs: [...given.auditLogs, later] })).toEqual(EXACTLY_ONCE);
  },
);

it('F01 Valence is unreachable: both streams fail, the next run forwards everything', async ({ tenant }) => {
  const given = fill(tenant);

  const { message } = await tenant.failure({ environment: { VALENCE_BASE_URL: 'http://127.0.0.1:9' } });
  await tenant.run();

  expect(message).toContain('alerts failed (source-unreachable)');
  expect(message).toContain('audit-logs failed (source-unreachable)');
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('F04 a Retry-After beyond the time left: partial, nothing lost', async ({ tenant }) => {
  const given = fill(tenant);
  tenant.valence.intercept = instead(AUDIT_PATH, { status: 429, headers: { 'retry-after': '1000000000' } });

  const waiting = await tenant.run();
  tenant.valence.intercept = undefined;
  await tenant.run();

  expect(waiting).toMatchObject({
    status: 'partial',
    streams: { alerts: { caughtUp: true }, 'audit-logs': { caughtUp: false, error: null } },
  });
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('F81 the request for alert types fails: the alerts wait for the next run, audit logs do not', async ({
  tenant,
}) => {
  const given = fill(tenant);
  tenant.valence.intercept = instead(TYPES_PATH, { status: 500 });

  const { message } = await tenant.failure();
  const served = arrivals(tenant, { auditLogs: given.auditLogs });
  tenant.valence.intercept = undefined;
  tenant.travel(10);
  await tenant.run();

  expect(message).toContain('alerts failed (source-status)');
  expect(message).not.toContain('audit-logs failed');
  expect(served).toEqual(EXACTLY_ONCE);
  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
});

it('alert types are requested once a run, and not at all when every alert carries its own', async ({
  tenant,
}) => {
  const asked = () => tenant.valence.requests.filter(({ path }) => path === TYPES_PATH).length;
  tenant.valence.alerts.add([alert(tenant.now() - 60, 'carries', { alertType: { name: 'own' } })]);
  await tenant.run();
  const whenCarried = asked();
  tenant.travel(60);
  tenant.valence.alerts.add(alerts(30, tenant.now() - 2));

  await tenant.run();

  expect(whenCarried).toBe(0);
  expect(asked()).toBe(1);
});

it.for(['alerts', 'audit-logs'] as const)(
  'F84 %s hangs: the other stream is served in full',
  async (hanging, { tenant }) => {
    const given = fill(tenant);
    const path = hanging === 'alerts' ? ALERTS_PATH : AUDIT_PATH;
    tenant.valence.intercept = (request) =>
      request.path === path ? new Promise(() => undefined) : undefined;

    const result = await tenant.run({ timeoutMs: RESERVE_MS + 2000 });
    const served = arrivals(
      tenant,
      hanging === 'alerts' ? { auditLogs: given.auditLogs } : { alerts: given.alerts },
    );
    tenant.valence.intercept = undefined;
    await tenant.run();

    expect(result.status).toBe('partial');
    expect(result.streams[hanging]).toMatchObject({ forwarded: 0, caughtUp: false });
    expect(served).toEqual(EXACTLY_ONCE);
    expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  },
);

it('F37 F82 an API that ignores the time filter: each record once', async ({ tenant }) => {
  const given = fill(tenant);
  const older = auditRecord(tenant.now() - 3 * 86_400, 'from before the first start point');
  tenant.valence.auditLogs.add([older]);
  tenant.valence.intercept = ({ query }) => {
    query.set('from', '0');
    query.set('to', '9999999999');
    return undefined;
  };

  await tenant.run();
  const second = await tenant.run();

  expect(arrivals(tenant, given)).toEqual(EXACTLY_ONCE);
  expect(second.streams['audit-logs']?.forwarded).toBe(0);
  expect(transcript()).toMatch(/outside the range asked for.*fromParam.*timeUnit/);
});
