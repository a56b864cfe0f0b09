import { expect } from 'vitest';
import type { Intercept, Reply } from '../../tools/stand-ins/http-server.ts';
import { PLANTED, useForwarder } from '../support/forwarder.ts';
import { alert, auditRecord, RECORD_CONTENT } from '../support/records.ts';
import { refusePostsWith } from '../support/refusals.ts';
import { DATADOG_KEY, type InvocationOptions, type Tenant, VALENCE_KEY } from '../support/tenant.ts';

const COOKIE = 'planted-session-cookie';
const QUERY = 'planted-query-value';

/** What must never be written or thrown. */
const SECRETS = [...PLANTED, COOKIE, QUERY];

const { it, transcript } = useForwarder(SECRETS);

const headers = {
  'set-cookie': `session=${COOKIE}`,
  'x-trace': COOKIE,
  'www-authenticate': `Bearer ${VALENCE_KEY}`,
};
/** An answer that gives back whatever it was sent, and more. */
const echo = (status: number): Reply => ({
  status,
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify({
    error: `${VALENCE_KEY} ${DATADOG_KEY} ${RECORD_CONTENT}`,
    authorization: `Bearer ${VALENCE_KEY}`,
  }),
});
const always =
  (reply: Reply): Intercept =>
  () =>
    reply;

type Scenario = [name: string, arrange: (tenant: Tenant) => InvocationOptions | undefined];

/** Without 429: a run waits for as long as Valence throttles, and does not fail. */
const STATUSES = [400, 401, 403, 404, 408, 413, 415, 500, 503];

const SCENARIOS: Scenario[] = [
  ['all is well', () => undefined],
  ...STATUSES.map(
    (status): Scenario => [
      `Valence answers ${status}`,
      ({ valence }) => {
        valence.intercept = always(echo(status));
      },
    ],
  ),
  ...STATUSES.map(
    (status): Scenario => [
      `Datadog answers ${status}`,
      ({ datadog }) => {
        datadog.intercept = always(echo(status));
      },
    ],
  ),
  ...[200, 204].map(
    (status): Scenario => [
      `Valence answers ${status} with another shape`,
      ({ valence }) => {
        valence.intercept = always(echo(status));
      },
    ],
  ),
  [
    'Valence answers with text that is not JSON',
    ({ valence }) => {
      valence.intercept = always({ status: 200, headers, body: `<p>${RECORD_CONTENT} ${VALENCE_KEY}</p>` });
    },
  ],
  [
    'Valence answers with a list without objects',
    ({ valence }) => {
      valence.intercept = always({ status: 200, headers, body: JSON.stringify({ items: [RECORD_CONTENT] }) });
    },
  ],
  [
    'Valence uses data for field names',
    ({ valence }) => {
      valence.intercept = always({
        status: 200,
        headers,
        body: JSON.stringify({ [`${RECORD_CONTENT}@example.com`]: [] }),
      });
    },
  ],
  [
    'Valence closes the connection',
    ({ valence }) => {
      valence.intercept = always('reset');
    },
  ],
  [
    'Datadog closes the connection',
    ({ datadog }) => {
      datadog.intercept = always('reset');
    },
  ],
  [
    'Valence redirects',
    ({ valence }) => {
      const location = `http://127.0.0.1:9/${COOKIE}?token=${QUERY}`;
      valence.intercept = always({ status: 302, headers: { ...headers, location } });
    },
  ],
  [
    'Datadog redirects',
    ({ datadog }) => {
      const location = `http://127.0.0.1:9/${COOKIE}?token=${QUERY}`;
      datadog.intercept = always({ status: 307, headers: { ...headers, location } });
    },
  ],
  [
    'Valence gives a cursor that is data',
    ({ valence }) => {
      const body = JSON.stringify({ items: [auditRecord(1, 'x')], nextCursor: { [QUERY]: RECORD_CONTENT } });
      valence.intercept = always({ status: 200, headers, body });
    },
  ],
  [
    'Valence gives the same cursor for ever',
    ({ valence }) => {
      const body = JSON.stringify({ items: [auditRecord(1, 'x')], nextCursor: QUERY });
      valence.intercept = always({ status: 200, headers, body });
    },
  ],
  [
    'a record is quarantined',
    ({ datadog }) => {
      datadog.intercept = refusePostsWith('one of them', 400);
    },
  ],
  [
    'a record cannot be quarantined',
    ({ datadog }) => {
      datadog.intercept = refusePostsWith('one of them', 400);
      return { environment: { QUARANTINE_BUCKET: 'nothing' } };
    },
  ],
  ['the table is missing', () => ({ environment: { STATE_TABLE: 'nowhere' } })],
  [
    'secrets contain no key',
    ({ aws }) => {
      aws.secretsManager.secrets.set('valence-api-key', `{"wrong":"${VALENCE_KEY}"}`);
      aws.secretsManager.secrets.set('datadog-api-key', `"${DATADOG_KEY}"`);
    },
  ],
  [
    'secrets contain characters that no header allows',
    ({ aws }) => {
      aws.secretsManager.secrets.set('valence-api-key', `${VALENCE_KEY}\r\nx: ${COOKIE}`);
      aws.secretsManager.secrets.set('datadog-api-key', `${DATADOG_KEY}é`);
    },
  ],
  [
    'Secrets Manager is denied',
    ({ aws }) => {
      aws.secretsManager.intercept = always({
        status: 400,
        headers: { 'x-amzn-errortype': 'AccessDeniedException' },
        body: JSON.stringify({ __type: 'AccessDeniedException', Message: 'not allowed' }),
      });
    },
  ],
  [
    'the configuration is wrong',
    () => ({ environment: { SETTLE_SECONDS: 'soon', DATADOG_SITE: 'nowhere' } }),
  ],
  [
    'the addresses hold a password',
    () => ({
      environment: { VALENCE_BASE_URL: `https://user:${VALENCE_KEY}@valence.example` },
    }),
  ],
  ['an event holds a key', () => ({ event: { action: `${VALENCE_KEY}`, key: DATADOG_KEY } })],
  [
    'hostile times and types',
    ({ valence, now }) => {
      valence.auditLogs.add([auditRecord(0, 'odd', { timeEpoch: RECORD_CONTENT })], Number.NaN);
      valence.alerts.add([alert(now() - 60, RECORD_CONTENT, { alertTypeVuid: RECORD_CONTENT })]);
    },
  ],
  ['check', () => ({ event: { action: 'check' } })],
  [
    'check with refused keys',
    ({ valence, datadog }) => {
      valence.intercept = always(echo(401));
      datadog.intercept = always(echo(403));
      return { event: { action: 'check' } };
    },
  ],
];

it.for(SCENARIOS)(
  '%s: no key, header, query or record is written or thrown',
  async ([, arrange], { tenant }) => {
    const time = tenant.now() - 60;
    tenant.valence.alerts.add([alert(time, RECORD_CONTENT)]);
    tenant.valence.auditLogs.add([
      auditRecord(time, 'one of them', { token: QUERY, [RECORD_CONTENT]: COOKIE }),
      ...Array.from({ length: 9 }, (_, n) => auditRecord(time, `${n}`)),
    ]);
    const invocation = arrange(tenant) ?? {};
    const before = transcript().length;

    await Promise.allSettled([tenant.run(invocation)]);

    const written = transcript().slice(before);
    expect(SECRETS.filter((secret) => written.includes(secret))).toEqual([]);
  },
);

it('the search covers what the function writes', async ({ tenant }) => {
  await tenant.run({ requestId: 'a-run-to-find' });
  await tenant.failure({ environment: { STATE_TABLE: 'a-table-to-find' } });

  expect(transcript()).toContain('a-run-to-find');
  expect(transcript()).toContain('a-table-to-find');
});
