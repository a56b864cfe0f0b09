import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readContentChoice } from '../../../../infra/context/content.ts';
import { contentItems } from '../../../../infra/datadog/content.ts';
import { CONTENT_KINDS } from '../../../../lambda/content-installer/content-item.ts';
import { create } from '../../../../lambda/content-installer/install.ts';
import { withMark } from '../../../../lambda/content-installer/mark.ts';
import { contentSettings } from '../../../../lambda/settings/content/content.ts';
import type { FunctionSetting, StackSetting } from '../../../../lambda/settings/definition.ts';
import { deploymentSettings } from '../../../../lambda/settings/deployment-settings.ts';
import { functionSettings } from '../../../../lambda/settings/function-settings.ts';
import { exportContent } from '../../../../tools/datadog/export.ts';
import { planContent, planText } from '../../../../tools/datadog/plan.ts';
import { type DatadogApi, startDatadogApi } from '../../../../tools/stand-ins/datadog/api.ts';
import { dashboard, monitor, pipeline, rule } from '../../../support/content-items.ts';
import { clientOf, DATADOG_KEYS } from '../../../support/datadog/api-client.ts';
import { npmRun, runTool } from '../../../support/operator/run-tool.ts';

const ALL = [pipeline(), dashboard(), rule(), monitor()];

let datadog: DatadogApi;
let folder: string;

beforeEach(async () => {
  datadog = await startDatadogApi(DATADOG_KEYS);
  folder = await mkdtemp(join(tmpdir(), 'datadog-'));
});
afterEach(async () => {
  await datadog.close();
  await rm(folder, { recursive: true });
});

const connected = () => clientOf(datadog);

const installed = async (...items: typeof ALL) => {
  for (const item of items) await create(connected(), item, { name: '0ae1b2c3d4e5', formerNames: [] });
};

const actions = async (items = ALL) =>
  (await planContent(connected(), items)).map(({ action, kind, changes }) =>
    [action, kind, ...(changes ?? [])].join(' '),
  );

describe('a plan', () => {
  test('creates everything in an empty organisation, and changes nothing by being made', async () => {
    expect(await actions()).toEqual(CONTENT_KINDS.map((kind) => `create ${kind}`));
    expect(datadog.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('finds what is installed up to date, whatever the server has added to it', async () => {
    const thirdParty = rule({
      queries: [],
      cases: [],
      options: { detectionMethod: 'third_party', keepAlive: 3600, maxSignalDuration: 86_400 },
      thirdPartyCases: [{ name: 'Critical', query: 'status:alert', status: 'critical' }],
    });
    const items = [pipeline(), dashboard(), thirdParty, monitor()];
    await installed(...items);

    expect(await actions(items)).toEqual(CONTENT_KINDS.map((kind) => `unchanged ${kind}`));
  });

  test('finds the whole content up to date, although the server echoes some of it differently', async () => {
    const items = contentItems();
    await installed(...items);

    const shown = await planContent(connected(), items);
    expect(shown.filter(({ action }) => action !== 'unchanged')).toEqual([]);
    expect(shown).toHaveLength(items.length);
  });

  const anomaly = (evaluationWindow: number) =>
    rule({
      options: {
        detectionMethod: 'anomaly_detection',
        evaluationWindow,
        keepAlive: 3600,
        maxSignalDuration: 86_400,
      },
    });

  test.each([
    [
      'an empty list that is left out',
      rule({ queries: [{ query: 'source:valence-security', metrics: [] }] }),
    ],
    ['a longer window of an anomaly', anomaly(900)],
    ['a default that is left out', monitor({ options: { on_missing_data: 'default', thresholds: {} } })],
  ])('takes %s for equal', async (_, item) => {
    await installed(item);

    expect(await actions([item])).toEqual([`unchanged ${item.kind}`]);
  });

  test.each([
    [
      'a list that is not empty',
      'queries',
      rule(),
      { queries: [{ name: 'a', query: 'x', metrics: ['@b'] }] },
    ],
    ['another window of an anomaly', 'options', anomaly(900), { options: { evaluationWindow: 7200 } }],
    [
      'another value than the default',
      'options',
      monitor({ options: { on_missing_data: 'default' } }),
      { options: { on_missing_data: 'show_no_data' } },
    ],
  ])('takes %s for an edit', async (_, attribute, item, edit) => {
    await installed(item);
    const [[id, object] = ['', {}]] = [...datadog.objects[item.kind]];
    datadog.objects[item.kind].set(id, { ...object, ...edit });

    expect(await actions([item])).toEqual([`update ${item.kind} ${attribute}`]);
  });

  test('creates anew what Datadog cannot change', async () => {
    await installed(dashboard());

    expect(await actions([dashboard({ layout_type: 'free' })])).toEqual(['replace dashboard layout_type']);
  });

  test('names what an update would change, edits made by hand included', async () => {
    await installed(...ALL);
    const [[id, object] = ['', {}]] = [...datadog.objects.rule];
    datadog.objects.rule.set(id, { ...object, isEnabled: false });

    expect(await actions([pipeline(), dashboard({ title: 'New' }), rule(), monitor()])).toEqual([
      'unchanged pipeline',
      'update dashboard title',
      'update rule isEnabled',
      'unchanged monitor',
    ]);
  });

  test('shows what is foreign, copied and left over', async () => {
    await installed(dashboard());
    const ours = withMark(dashboard());
    datadog.objects.dashboard.set('theirs', { id: 'theirs', title: ours.title, description: 'Not yours' });
    datadog.objects.dashboard.set('copy', { ...ours, id: 'copy', title: 'My copy' });
    const old = withMark({ ...dashboard({ title: 'Old' }), key: 'gone' });
    datadog.objects.dashboard.set('old', { ...old, id: 'old' });

    expect(await actions([dashboard()])).toEqual([
      'unchanged dashboard',
      'foreign dashboard',
      'copy dashboard',
      'leftover dashboard',
    ]);
  });

  test('shows what is left of the parts that are switched off', async () => {
    await installed(...ALL);
    datadog.addIntegrationPipeline('Valence Security', 'valence-security');

    expect(await actions([dashboard()])).toEqual([
      'order pipeline',
      'leftover pipeline',
      'unchanged dashboard',
      'leftover rule',
      'leftover monitor',
    ]);
    const shown = planText(await planContent(connected(), [dashboard()]));
    expect(shown).toMatch(/leftover +detection rule .* deletes it/);
    expect(shown).toMatch(/0 create, 0 update, 1 unchanged, 3 leftover$/);
  });

  test('needs no permission for a part that is switched off, and says that it does not see its leftovers', async () => {
    await installed(...ALL);
    datadog.scopes = datadog.scopes.filter((scope) => scope !== 'security_monitoring_rules_read');

    const lines = await planContent(connected(), [pipeline(), dashboard(), monitor()]);

    expect(lines.map(({ action, kind }) => `${action} ${kind}`)).toEqual([
      'unchanged pipeline',
      'unchanged dashboard',
      'unseen rule',
      'unchanged monitor',
    ]);
    expect(planText(lines)).toMatch(/unseen .*is switched off, .*security_monitoring_rules_read/);
    await expect(planContent(connected(), ALL)).rejects.toThrow('security_monitoring_rules_read');
  });

  test('has one line for each object, and the sums', async () => {
    await installed(dashboard());

    const shown = planText(await planContent(connected(), [dashboard({ title: 'New' }), monitor()]));

    expect(shown.split('\n')).toEqual([
      'update  dashboard  New [das-000-001] would be changed (title)',
      'create  monitor    Valence forwarder lags would be created',
      '',
      '1 create, 1 update, 0 unchanged',
    ]);
  });
});

test('what is exported, and then pasted by hand, is taken over by a deployment', async () => {
  const files = await exportContent(folder, ALL);
  for (const [index, file] of files.entries()) {
    const body = JSON.parse(await readFile(file, 'utf8'));
    const { kind } = ALL[index] ?? pipeline();
    datadog.objects[kind].set('5', { ...body, id: kind === 'monitor' ? 5 : '5' });
  }

  await installed(...ALL);

  expect(CONTENT_KINDS.map((kind) => [...datadog.objects[kind].keys()])).toEqual([
    ['5'],
    ['5'],
    ['5'],
    ['5'],
  ]);
});

describe('the command', () => {
  const plan = () =>
    runTool('datadog', ['plan'], {
      DD_API_KEY: DATADOG_KEYS.apiKey,
      DD_APP_KEY: DATADOG_KEYS.appKey,
      DATADOG_API_URL: datadog.origin,
    });

  test('export starts from its sources and writes plain JSON for every item, with the handles and the team of the settings', async () => {
    const { stdout } = await npmRun('datadog', ['export', folder, '-c', 'datadogTeam=security']);

    const written = await readdir(folder, { recursive: true });
    for (const { kind, key } of contentItems()) {
      const name = join(`${kind}s`, `${key}.json`);
      expect(written).toContain(name);
      expect(stdout).toContain(join(folder, name));
      const text = await readFile(join(folder, name), 'utf8');
      expect(JSON.parse(text)).toBeTypeOf('object');
      if (kind !== 'pipeline') expect(text).toContain('"team:security"');
    }
  });

  test('export writes nothing of its environment: no key, whatever its name, and no account', async () => {
    const environment = {
      DD_API_KEY: 'planted-1',
      DD_APP_KEY: 'planted-2',
      VALENCE_API_KEY: 'planted-3',
      AWS_ACCESS_KEY_ID: 'planted-4',
      AWS_SECRET_ACCESS_KEY: 'planted-5',
      AWS_SESSION_TOKEN: 'planted-6',
      DATADOG_SECRET_ID: 'planted-7',
      SOME_PASSWORD: 'planted-8',
    };
    const { stdout, stderr } = await runTool('datadog', ['export', folder], environment);

    const written = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = written.filter((entry) => entry.isFile());
    expect(files).toHaveLength(contentItems().length);
    const texts = await Promise.all(
      files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
    );
    expect([stdout, stderr, ...texts].filter((text) => text.includes('planted'))).toEqual([]);
  });

  test('plan shows what the whole content would change in an account', async () => {
    const { stdout } = await plan();

    expect(stdout).toContain(`${contentItems().length} create, 0 update, 0 unchanged`);
  });

  test('the help names every setting that changes the content', async () => {
    const { stdout } = await runTool('datadog', ['--help'], {});

    const itemsWith = (context: Readonly<Record<string, unknown>>) => {
      const { parts, customisation } = readContentChoice(context);
      return contentItems(parts, customisation);
    };
    const definitions = [contentSettings, functionSettings, deploymentSettings].flatMap((all) =>
      Object.values<FunctionSetting | StackSetting>(all),
    );
    const changing = definitions.flatMap(({ context, example }) => {
      if (context === undefined) return [];
      const changed = itemsWith({ ...example.with, [context]: example.context });
      return isDeepStrictEqual(changed, itemsWith(example.with ?? {})) ? [] : [context];
    });
    expect(changing).toEqual(
      expect.arrayContaining(['datadogMonitorTags', 'datadogSite', 'runbookUrl', 'schedule']),
    );
    expect(changing.filter((name) => !stdout.includes(name))).toEqual([]);
  });

  test('a key that Datadog does not know is an error that shows no key', async () => {
    datadog.appKey = 'another';

    const failed = await plan();

    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('the application key is not') });
    expect(JSON.stringify(failed)).not.toContain('planted');
  });
});
