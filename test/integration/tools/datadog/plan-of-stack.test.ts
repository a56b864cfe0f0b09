import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contentItems } from '../../../../infra/datadog/content.ts';
import { withMark } from '../../../../lambda/content-installer/mark.ts';
import { listStackResources } from '../../../../tools/stand-ins/aws/management/cloudformation.ts';
import { accessKeyEnvironment } from '../../../../tools/stand-ins/aws/signature.ts';
import { type DatadogApi, startDatadogApi } from '../../../../tools/stand-ins/datadog/api.ts';
import { serve } from '../../../../tools/stand-ins/http-server.ts';
import { accessKey } from '../../../support/aws-client.ts';
import { DATADOG_KEYS, datadogEnvironment } from '../../../support/datadog/api-client.ts';
import { runTool } from '../../../support/operator/run-tool.ts';

const ID = 'pipeline-0000000000009';

let datadog: DatadogApi;

beforeEach(async () => {
  datadog = await startDatadogApi(DATADOG_KEYS);
});
afterEach(() => datadog.close());

describe('plan --stack', () => {
  const planOf = async (settings: readonly string[], ...ids: string[]) => {
    const stack = {
      name: 'ValenceForwarder-content',
      status: 'UPDATE_COMPLETE',
      outputs: {},
      resources: Object.fromEntries(ids.map((id) => ['Custom::DatadogContent', id])),
    };
    const aws = await serve(({ body }) =>
      listStackResources({ stacks: [stack], alarms: [] }, new URLSearchParams(`${body}`).get('StackName')),
    );
    try {
      const { stdout } = await runTool(
        'datadog',
        ['plan', '--stack', stack.name, '--region', 'eu-west-1', ...settings],
        {
          ...datadogEnvironment(datadog),
          AWS_ENDPOINT_URL_CLOUDFORMATION: aws.origin,
          ...accessKeyEnvironment(accessKey),
        },
      );
      return stdout.trim().split('\n').at(-1);
    } finally {
      await aws.close();
    }
  };

  test('finds the items of the stack', async () => {
    const [pipeline] = contentItems([{ kind: 'pipeline' }]);
    if (pipeline) datadog.objects.pipeline.set(ID, { ...withMark(pipeline), id: ID });

    expect(await planOf([], ID)).toBe(
      'In this organisation: every item of the stack ValenceForwarder-content (1).',
    );
  });

  test('notices that its secrets hold keys of another organisation', async () => {
    const said = await planOf([], ID);

    expect(said).toMatch(/^The stack ValenceForwarder-content has no item in this organisation/);
    // A deletion with the new keys finds nothing and succeeds, so the former keys come first.
    expect(said).toMatch(
      /former keys back .*npx cdk destroy ValenceForwarder-content.*store the keys .*deploy/,
    );
  });

  test('claims nothing if Datadog does not list all kinds', async () => {
    datadog.scopes = datadog.scopes.filter((scope) => scope !== 'security_monitoring_rules_read');

    expect(await planOf(['-c', 'datadogContent={"monitors":true}'], ID)).toMatch(/is not known, because/);
  });

  test('notices a stack without items', async () => {
    expect(await planOf([])).toBe('The stack ValenceForwarder-content has installed nothing.');
  });
});
