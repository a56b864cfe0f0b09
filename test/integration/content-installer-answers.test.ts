import { describe, expect } from 'vitest';
import { datadogApi } from '../../lambda/content-installer/datadog-api.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import { visibleText } from '../../lambda/shared/visible-text.ts';
import { dashboard, monitor, pipeline, propertiesOf, resourcesOf, rule } from '../support/content-items.ts';
import {
  API_KEY,
  API_KEY_SECRET,
  APP_KEY,
  APP_KEY_SECRET,
  type Installation,
  useInstaller,
} from '../support/installer.ts';
import { stubClock, stubKey } from '../support/outside-world.ts';
import { ESCAPES, unsafeIn } from '../support/unsafe-text.ts';

const { it, installation } = useInstaller();

/** Why the first deployment of a dashboard fails, as CloudFormation shows it. */
async function reasonIn(place: Installation): Promise<string> {
  expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);
  // The rollback gets through whatever is wrong.
  expect(place.stack.events.map(({ Status }) => Status)).toEqual(['FAILED', 'SUCCESS']);
  return place.stack.events[0]?.Reason ?? '';
}

describe('keys', () => {
  it.for([
    ['API', API_KEY_SECRET],
    ['application', APP_KEY_SECRET],
  ] as const)(
    'an %s key that was not stored yet is named, with the command that stores it',
    async ([name, secret], { place }) => {
      place.secrets.set(secret, null);

      const reason = await reasonIn(place);

      expect(reason).toContain(`The secret ${secret} with the Datadog ${name} key is empty.`);
      expect(reason).toContain(`put-secret-value --secret-id ${secret}`);
    },
  );

  it('an API key of another site or organisation and a wrong application key have different errors', async ({
    place,
  }) => {
    place.datadog.apiKey = 'another';
    expect(await reasonIn(place)).toMatch(/the API key is not valid on this site \(datadogSite\)/);

    await using other = await installation();
    other.datadog.appKey = 'another';
    expect(await reasonIn(other)).toMatch(/the API key is valid, but the application key.*same organisation/);
  });

  it.for([
    ['dashboards_read', dashboard()],
    ['dashboards_write', dashboard()],
    ['logs_read_config', pipeline()],
    ['logs_write_pipelines', pipeline()],
    ['security_monitoring_rules_read', rule()],
    ['security_monitoring_rules_write', rule()],
    ['monitors_read', monitor()],
    ['monitors_write', monitor()],
  ] as const)('a missing permission is named: %s', async ([scope, item], { place }) => {
    place.datadog.scopes = place.datadog.scopes.filter((granted) => granted !== scope);

    expect(await place.stack.deploy(resourcesOf(item))).toBe(false);

    expect(place.stack.events[0]?.Reason).toContain(`lacks the permission ${scope}.`);
    expect(place.stack.events[0]?.Reason).toContain(
      'logs_read_config, logs_write_pipelines, dashboards_read',
    );
  });

  it('a key that was stored after a failure counts at once', async ({ place }) => {
    place.secrets.set(APP_KEY_SECRET, 'mistyped-key');
    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);

    place.secrets.set(APP_KEY_SECRET, APP_KEY);
    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(true);
  });

  it('keys that Datadog quotes in an answer are not passed on', async ({ place }) => {
    place.datadog.intercept = ({ headers }) => ({
      status: 400,
      body: JSON.stringify({ errors: [`Bad: ${headers['dd-api-key']} ${headers['dd-application-key']}`] }),
    });

    const reason = await reasonIn(place);

    expect(reason).toContain('Bad: (key) (key)');
    expect(reason).not.toMatch(new RegExp(`${API_KEY}|${APP_KEY}`));
  });
});

describe('the answer to CloudFormation', () => {
  it('names resource and request, and keeps the id of what could not be changed', async ({ place }) => {
    await place.stack.deploy(resourcesOf(dashboard()));
    place.datadog.intercept = () => ({ status: 418 });

    const answer = await place.stack.send({
      RequestType: 'Update',
      PhysicalResourceId: 'das-001',
      ResourceProperties: propertiesOf(dashboard({ title: 'Other' })),
    });

    expect(answer).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'das-001',
      LogicalResourceId: 'Item',
      Reason: expect.stringMatching(/418 to GET .*datadogSite/),
    });
  });

  it('shows what could change how a console shows it', async ({ place }) => {
    place.datadog.intercept = () => ({ status: 400, body: JSON.stringify({ errors: [ESCAPES] }) });

    const reason = await reasonIn(place);

    expect(unsafeIn(reason)).toEqual([]);
    expect(reason).toContain('\\u202e');
  });

  it.for([
    ['JSON escapes', '"量"\u0001'],
    ['are of several bytes each', '量'],
    ['are of four bytes each', '\u{1f600}'],
  ] as const)(
    'fits into 4096 bytes whatever Datadog answers, also when its characters %s',
    async ([, text], { place }) => {
      place.datadog.intercept = () => ({
        status: 400,
        body: JSON.stringify({ errors: [text.repeat(9000)] }),
      });

      const reason = await reasonIn(place);

      expect(reason).toContain('Datadog answered 400');
      expect(reason).toContain(visibleText(text));
    },
  );

  it('is sent when Datadog hangs until the time is nearly over', async ({ place }) => {
    place.datadog.intercept = () => new Promise(() => {});
    place.timeoutMs = 15_500;

    expect(await place.stack.deploy(resourcesOf(dashboard()))).toBe(false);

    expect(place.stack.events[0]?.Reason).toMatch(/ran out of time.*Fix: /);
  });

  it.for([
    ['no JSON', { ...propertiesOf(dashboard()), Body: '{' }, 'Body is not a JSON object'],
    ['a list', { ...propertiesOf(dashboard()), Body: '[]' }, 'Body is not a JSON object'],
    ['an unknown kind', { ...propertiesOf(dashboard()), Kind: 'slo' }, 'wrong properties: Kind'],
    ['nothing', undefined, 'wrong properties'],
  ] as const)('is given to properties that hold %s', async ([, ResourceProperties, words], { place }) => {
    const answer = await place.stack.send({ RequestType: 'Create', ResourceProperties });

    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(words) });
  });

  it('is given to a wrong configuration, every mistake of it', async ({ place }) => {
    Object.assign(place.environment, { DATADOG_SITE: 'datadoghq.org', DATADOG_SECRET_ID: '' });

    const reason = await reasonIn(place);

    expect(reason).toContain('DATADOG_SITE = "datadoghq.org"');
    expect(reason).toContain('DATADOG_SECRET_ID: is not set');
  });

  it('is sent again when S3 does not accept it', async ({ place }) => {
    let refusals = 0;
    place.stack.bucket.intercept = () => (refusals++ < 2 ? { status: 503 } : undefined);

    expect(await place.stack.deploy(resourcesOf(monitor()))).toBe(true);
  });

  it('that cannot be sent fails the invocation, so that Lambda repeats it, and the repetition creates no second object', async ({
    place,
  }) => {
    place.stack.bucket.intercept = () => ({ status: 403 });
    await expect(place.stack.deploy(resourcesOf(monitor()))).rejects.toThrow(
      'did not get the answer: 403 to PUT',
    );

    place.stack.bucket.intercept = undefined;
    expect(await place.stack.deploy(resourcesOf(monitor()))).toBe(true);
    expect(place.datadog.objects.monitor.size).toBe(1);
  });

  it('goes to CloudFormation’s own buckets and nowhere else', async ({ place }) => {
    for (const elsewhere of [
      'https://attacker.example/cloudformation-custom-resource-response-useast1.s3.amazonaws.com/',
      'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com.attacker.example/',
      'https://attacker.s3.amazonaws.com/cloudformation-custom-resource-response-useast1.s3.amazonaws.com/',
      'http://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/',
      // With a pattern that tries every division of the dashes this would not end.
      `https://cloudformation-custom-resource-response-useast1.s3${'-'.repeat(5_000)}.attacker.example/`,
    ]) {
      await expect(
        place.stack.send({
          RequestType: 'Delete',
          PhysicalResourceId: 'not-created/Item',
          ResponseURL: elsewhere,
        }),
      ).rejects.toThrow('does not belong to CloudFormation');
    }
  });
});

it('waits for a rate limit exactly until its reset', async ({ place }) => {
  const clock = stubClock();
  place.datadog.rateLimits.push(7, 30);
  const api = datadogApi({
    transport: axiosTransport(),
    apiKey: stubKey(API_KEY),
    appKey: stubKey(APP_KEY),
    origin: place.datadog.origin,
    clock,
    random: () => 0,
    deadline: deadlineIn(clock, 60_000),
  });

  await api.repeatable({ method: 'GET', path: '/api/v1/monitor', scope: 'monitors_read' });

  expect(clock.slept).toEqual([7_000, 30_000]);
});
