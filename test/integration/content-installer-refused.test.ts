import { describe, expect } from 'vitest';
import {
  ALL_ITEMS,
  dashboard,
  monitor,
  pipeline,
  propertiesOf,
  resourcesOf,
  rule,
} from '../support/content-items.ts';
import { API_KEY_SECRET, type Installation, useInstaller } from '../support/installer.ts';

const { it } = useInstaller();

/** Why the last event failed. */
const reasonIn = ({ stack }: Installation): string =>
  stack.events.findLast(({ Status }) => Status === 'FAILED')?.Reason ?? '';

const refusal = (status: number, ...errors: string[]) => ({ status, body: JSON.stringify({ errors }) });

describe('an attribute that Datadog does not let change', () => {
  const learning = rule({
    queries: [
      { name: 'a', query: 'source:valence-security', aggregation: 'new_value', metrics: ['@evt.name'] },
    ],
    options: { detectionMethod: 'new_value', keepAlive: 3600, maxSignalDuration: 86_400 },
  });

  it.for([
    ['the detection method of a rule', rule(), learning],
    ['the type of a rule', rule(), rule({ type: 'application_security' })],
    ['the type of a monitor', monitor(), monitor({ type: 'query alert' })],
    ['the layout of a dashboard', dashboard(), dashboard({ layout_type: 'free' })],
  ] as const)('%s: another object replaces the former one', async ([, former, wanted], { place }) => {
    const stored = place.datadog.objects[former.kind];
    await place.stack.deploy(resourcesOf(former));
    const [before] = stored.keys();

    expect(await place.stack.deploy(resourcesOf(wanted))).toBe(true);

    const [[id, object] = ['', {}], ...others] = [...stored];
    expect(others).toEqual([]);
    expect(id).not.toBe(before);
    expect([...place.stack.physicalIds.values()]).toEqual([id]);
    expect([object.type, object.layout_type]).toEqual([wanted.body.type, wanted.body.layout_type]);
    expect(await place.stack.destroy()).toBe(true);
    expect(stored.size).toBe(0);
  });

  it('keeps the former object when the deployment is rolled back', async ({ place }) => {
    await place.stack.deploy(resourcesOf(rule(), monitor()));
    const before = [...place.datadog.objects.rule.keys()];

    expect(await place.stack.deploy(resourcesOf(learning, monitor({ query: undefined })))).toBe(false);

    expect([...place.datadog.objects.rule.keys()]).toEqual(before);
  });
});

describe('an answer of Datadog', () => {
  it('about a concurrent change is tried again', async ({ place }) => {
    let conflicts = 0;
    place.datadog.intercept = ({ method }) =>
      method !== 'GET' && conflicts++ < 2 ? refusal(409, 'Concurrent modification') : undefined;

    expect(await place.stack.deploy(resourcesOf(pipeline()))).toBe(true);
    expect(place.datadog.objects.pipeline.size).toBe(1);
  });

  it('about a change that is always concurrent is an error with the reason', async ({ place }) => {
    place.datadog.intercept = () => refusal(409, 'Concurrent modification');

    expect(await place.stack.deploy(resourcesOf(pipeline()))).toBe(false);
    expect(reasonIn(place)).toMatch(/409 to GET .*: Concurrent modification Fix: Deploy again/);
  });

  it.for([
    ['texts', { errors: ['Quota of the organisation'] }],
    ['objects with a detail', { errors: [{ title: 'Conflict', detail: 'Quota of the organisation' }] }],
    ['one text', { error: 'Quota of the organisation' }],
    ['a message', { message: 'Quota of the organisation' }],
    ['another form', { status: 'no', why: 'Quota of the organisation' }],
  ] as const)('reaches the user with its reason, in the form of %s', async ([, answer], { place }) => {
    for (const status of [400, 403, 404, 422, 503]) {
      place.datadog.intercept = ({ path }) =>
        path.includes('validate') ? undefined : { status, body: JSON.stringify(answer) };
      expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);
      expect(reasonIn(place), `${status}`).toContain('Quota of the organisation');
    }
  });

  it('of a gateway on the way is quoted, without the marks of its page', async ({ place }) => {
    place.datadog.intercept = () => ({
      status: 502,
      body: '<html><head><style>p {color: red}</style></head><body><p>Blocked by\n<b>the proxy</b></p></body></html>',
    });

    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);
    expect(reasonIn(place)).toMatch(/502 to GET .*: Blocked by the proxy Fix/);
  });

  it.for([
    [302, /Redirects are not followed/, /product/],
    [404, /datadogSite.*product/, /Redirect/],
    [422, /datadogSite.*product/, /Redirect/],
  ] as const)('%i has its own advice', async ([status, advice, other], { place }) => {
    place.datadog.intercept = () => ({ status, headers: { location: 'https://elsewhere.example/' } });

    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);
    expect(reasonIn(place)).toMatch(advice);
    expect(reasonIn(place)).not.toMatch(other);
  });
});

describe('a 403', () => {
  it('for an address outside the IP allowlist says so', async ({ place }) => {
    place.datadog.intercept = () =>
      refusal(403, 'Your IP address is not on the allowlist of the organisation');

    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);
    expect(reasonIn(place)).toMatch(/not on the IP allowlist.*Your IP address.*Fix: Add the address/);
    expect(reasonIn(place)).not.toMatch(/permission|key is not/);
  });

  it('that names the allowlist only when the keys are checked says so, too', async ({ place }) => {
    place.datadog.intercept = ({ path }) =>
      path.includes('validate_keys')
        ? refusal(403, 'Forbidden: IP not allowed by allow-list')
        : refusal(403, 'Forbidden');

    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);
    expect(reasonIn(place)).toMatch(/not on the IP allowlist/);
  });

  it.for([
    ['roles', { restricted_roles: ['a0b1c2d3'] }, undefined],
    ['a policy', {}, 'This dashboard is restricted'],
  ] as const)('for an object that is restricted by %s says so', async ([, more, text], { place }) => {
    await place.stack.deploy(resourcesOf(dashboard()));
    const [[id, object] = ['', {}]] = [...place.datadog.objects.dashboard];
    place.datadog.objects.dashboard.set(id, { ...object, ...more });
    if (text) place.datadog.intercept = ({ method }) => (method === 'GET' ? undefined : refusal(403, text));

    expect(await place.stack.destroy()).toBe(false);
    expect(reasonIn(place)).toMatch(/only some users or roles may edit this object.*Fix: Let the owner/);
    expect(reasonIn(place)).not.toMatch(/lacks the permission/);
  });

  it.for([
    'Forbidden: monitor ip-scanner needs permission dashboards_write',
    'You are not allowed to edit the dashboard "IP and allowlist changes"',
  ])('that quotes a name is not taken for one of the allowlist: %s', async (text, { place }) => {
    place.datadog.intercept = ({ path }) => (path.includes('validate') ? undefined : refusal(403, text));

    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);
    expect(reasonIn(place)).toContain(`lacks the permission dashboards_read. Datadog's reason: ${text}`);
    expect(reasonIn(place)).not.toMatch(/not on the IP allowlist/);
  });

  it('for a missing scope names the scope and the reason', async ({ place }) => {
    place.datadog.scopes = ['dashboards_read'];

    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);
    expect(reasonIn(place)).toMatch(/lacks the permission dashboards_write\. Datadog's reason: Forbidden/);
    expect(reasonIn(place)).not.toMatch(/restricted|allowlist/);
  });
});

describe('an object that something else refers to', () => {
  it.for([
    ['monitor', monitor(), 400, 'monitor [1001] is referenced in slos: a0b1'],
    ['monitor', monitor(), 409, 'The monitor is used by composite monitors'],
    ['dashboard', dashboard(), 400, 'dashboard is referenced in a shared list'],
  ] as const)(
    '%s: does not block the deletion of the stack: it stays without the mark',
    async ([kind, item, status, reason], { place }) => {
      await place.stack.deploy(resourcesOf(item));
      place.datadog.intercept = ({ method }) => (method === 'DELETE' ? refusal(status, reason) : undefined);

      expect(await place.stack.destroy()).toBe(true);

      expect(place.stack.events.at(-1)?.Reason).toContain(`stays in Datadog without our mark`);
      expect(place.stack.events.at(-1)?.Reason).toContain(reason);
      const [kept = {}] = place.datadog.objects[kind].values();
      expect(kept.description ?? kept.message).toMatch(
        /No longer managed by valence-datadog-forwarder, which could not delete it/,
      );
    },
  );

  it('is adopted no more by a later deployment', async ({ place }) => {
    await place.stack.deploy(resourcesOf(monitor()));
    const [id = ''] = place.datadog.objects.monitor.keys();
    place.datadog.references.set(id, 'slos: a0b1');
    await place.stack.destroy();

    expect(await place.stack.deploy(resourcesOf(monitor()))).toBe(true);
    expect(place.datadog.objects.monitor.size).toBe(2);
  });
});

describe('one secret with both keys', () => {
  it('serves for both', async ({ place }) => {
    const both = { apiKey: place.datadog.apiKey, appKey: place.datadog.appKey };
    place.secrets.set(API_KEY_SECRET, JSON.stringify(both));
    Object.assign(place.environment, { DATADOG_APP_KEY_SECRET_ID: API_KEY_SECRET });

    expect(await place.stack.deploy(resourcesOf(...ALL_ITEMS))).toBe(true);
  });

  it('that lacks both is an error with the name of the key', async ({ place }) => {
    place.secrets.set(API_KEY_SECRET, '{"other": "key"}');
    Object.assign(place.environment, { DATADOG_APP_KEY_SECRET_ID: API_KEY_SECRET });

    const { Reason } = await place.stack.send({
      RequestType: 'Create',
      ResourceProperties: propertiesOf(dashboard()),
    });
    expect(Reason).toContain('is JSON without a text named apiKey');
  });
});
