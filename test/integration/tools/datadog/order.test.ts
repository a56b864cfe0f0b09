import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { create } from '../../../../lambda/content-installer/install.ts';
import { readPipelineOrder } from '../../../../lambda/content-installer/pipeline-order.ts';
import { planContent, planText } from '../../../../tools/datadog/plan.ts';
import { type DatadogApi, startDatadogApi } from '../../../../tools/stand-ins/datadog/api.ts';
import { pipeline } from '../../../support/content-items.ts';
import { clientOf, DATADOG_KEYS, datadogEnvironment } from '../../../support/datadog/api-client.ts';
import { byName } from '../../../support/operator/findings.ts';
import { runTool } from '../../../support/operator/run-tool.ts';
import { openScene } from '../../../support/operator/scene-test.ts';

const SOURCE = 'valence-security';
const PATH = '/api/v1/logs/config/pipeline-order';

let datadog: DatadogApi;

beforeEach(async () => {
  datadog = await startDatadogApi(DATADOG_KEYS);
});
afterEach(() => datadog.close());

const connected = () => clientOf(datadog);

const install = async () => (await create(connected(), pipeline(), { name: 'a1b2', formerNames: [] })).id;
const order = () => [...datadog.objects.pipeline.keys()];
const environment = () => datadogEnvironment(datadog);
const fixed = () => runTool('datadog', ['order'], environment());

const hostedAfterOurs = async () => ({
  ours: await install(),
  theirs: datadog.addIntegrationPipeline('Valence Security', SOURCE),
});

describe('a hosted pipeline that came after ours', () => {
  test('is named by the plan, with the command that moves ours', async () => {
    const { theirs } = await hostedAfterOurs();

    const shown = planText(await planContent(connected(), [pipeline()]));

    expect(shown).toContain(
      `order      log pipeline  Valence Security [${theirs}] runs after ours and joins values of several events; npm run datadog -- order moves ours below it`,
    );
  });

  test('is below ours no more after the command, and all other pipelines keep their order', async () => {
    const first = datadog.addIntegrationPipeline('NGINX', 'nginx');
    const { ours, theirs } = await hostedAfterOurs();
    const last = datadog.addIntegrationPipeline('Apache', 'apache');

    const { code, stdout } = await fixed();

    expect({ code, order: order() }).toEqual({ code: 0, order: [first, theirs, ours, last] });
    expect(stdout).toContain(`[${ours}] was moved below Valence Security [${theirs}].`);
    expect((await readPipelineOrder(connected()))?.after).toEqual([]);
  });

  test('is found by the doctor, if it is given an application key', async () => {
    await hostedAfterOurs();
    const scene = await openScene();

    const doctor = async (keys: object) =>
      byName((await scene.doctor(['--json'], { ...environment(), ...keys })).json().findings);

    expect((await doctor({}))['datadog.pipelines']).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('"Valence Security" runs after ours'),
      fix: expect.stringMatching(/npm run datadog -- order .*-c datadogSite=/),
    });
    expect(await doctor({ DD_APP_KEY: '' })).not.toHaveProperty('datadog.pipelines');
  });

  test('counts also if it is an editable copy, which takes the values of all events', async () => {
    const ours = await install();
    datadog.objects.pipeline.set('copy', {
      id: 'copy',
      name: 'Copy of the hosted one',
      is_enabled: true,
      filter: { query: `source:${SOURCE}` },
      processors: [{ type: 'string-builder-processor', template: '%{alert.events.ip}', target: 'x' }],
    });

    await fixed();

    expect(order()).toEqual(['copy', ours]);
  });
});

describe('nothing is moved', () => {
  test.each([
    ['there is no hosted pipeline', () => undefined],
    ['it belongs to another product', () => datadog.addIntegrationPipeline('NGINX', 'nginx')],
    [
      'it is switched off',
      () => {
        const id = datadog.addIntegrationPipeline('Valence Security', SOURCE);
        datadog.objects.pipeline.set(id, { ...datadog.objects.pipeline.get(id), is_enabled: false });
      },
    ],
    [
      'a pipeline of the user adds to ours',
      () =>
        datadog.objects.pipeline.set('own', {
          id: 'own',
          name: 'Own',
          is_enabled: true,
          filter: { query: `source:${SOURCE}` },
          processors: [],
        }),
    ],
  ])('when %s', async (_, add) => {
    await install();
    add();
    const before = order();

    const { code, stdout } = await fixed();

    expect({ code, order: order() }).toEqual({ code: 0, order: before });
    expect(stdout).toContain('nothing was changed');
    expect(datadog.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  test('when ours runs last already', async () => {
    datadog.addIntegrationPipeline('Valence Security', SOURCE);
    await install();

    expect((await fixed()).stdout).toContain('nothing was changed');
    expect(datadog.requests.filter(({ path, method }) => path === PATH && method === 'PUT')).toEqual([]);
  });

  test('when ours is not installed: the command says so', async () => {
    datadog.addIntegrationPipeline('Valence Security', SOURCE);

    expect(await fixed()).toMatchObject({ code: 1, stderr: expect.stringContaining('is not installed') });
  });
});
