import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { WHICH_DOCTOR } from '../../../../tools/doctor/which-doctor.ts';
import { runTool } from '../../../support/operator/run-tool.ts';
import type { Scene } from '../../../support/operator/scene.ts';
import { it } from '../../../support/operator/scene-test.ts';

/** A folder with a cdk.json, as the user has it who deploys. */
async function projectWith(context: object | string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'project-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const text = typeof context === 'string' ? context : JSON.stringify({ app: 'node app.js', context });
  await writeFile(join(folder, 'cdk.json'), text);
  return folder;
}

const TENANTS = [{ name: 'acme' }, { name: 'europe', awsRegion: 'eu-central-1' }];

describe('ops in the folder of a cdk.json', () => {
  const ops = async ({ awsEnvironment }: Scene, folder: string, args: string[], environment = {}) =>
    runTool('ops', [...args, '--json'], { ...awsEnvironment, AWS_REGION: '', ...environment }, folder);

  it.for<[string, object, string[], object, string]>([
    ['that of awsRegion', { awsRegion: 'eu-west-1' }, [], {}, 'eu-west-1'],
    ['that of AWS_REGION first', { awsRegion: 'eu-west-1' }, [], { AWS_REGION: 'us-west-2' }, 'us-west-2'],
    ['that of --region first', { awsRegion: 'eu-west-1' }, ['--region', 'us-west-1'], {}, 'us-west-1'],
    [
      'that of the tenant whose stack is named',
      { awsRegion: 'eu-west-1', tenants: TENANTS },
      ['--stack', 'ValenceForwarder-europe'],
      {},
      'eu-central-1',
    ],
  ])('uses the region %s', async ([, context, args, environment, region], { scene }) => {
    scene.account.stacks.length = 0;

    const result = await ops(scene, await projectWith(context), ['status', ...args], environment);

    expect(result.json().error).toMatchObject({
      code: 'stack-not-found',
      message: expect.stringContaining(`in region ${region} `),
    });
  });

  it('asks for a region where the tenants have several', async ({ scene }) => {
    const folder = await projectWith({ awsRegion: 'eu-west-1', tenants: TENANTS });

    expect((await ops(scene, folder, ['status'])).json().error).toMatchObject({
      code: 'aws-no-region',
      fix: expect.stringContaining('cdk.json'),
    });
  });

  it('names the stacks of the tenants where there are several', async ({ scene }) => {
    const [stack] = scene.account.stacks;
    if (stack)
      scene.account.stacks = ['acme', 'europe', 'other'].map((name) => ({
        ...stack,
        name: `ValenceForwarder-${name}`,
      }));
    const folder = await projectWith({ tenants: TENANTS });

    const result = await ops(scene, folder, ['tail'], { AWS_REGION: 'us-east-1' });

    expect(result.json().error).toMatchObject({
      code: 'stack-ambiguous',
      fix: 'Name yours with --stack. The tenants in cdk.json have ValenceForwarder-acme (acme), ValenceForwarder-europe (europe, eu-central-1).',
    });
  });

  it('finds the stacks of the tenants without the permission to list all', async ({ scene }) => {
    const [stack] = scene.account.stacks;
    if (stack) scene.account.stacks = [{ ...stack, name: 'ValenceForwarder-acme' }];
    scene.account.mayDescribeAllStacks = false;
    const folder = await projectWith({ tenants: TENANTS });

    const result = await ops(scene, folder, ['status'], { AWS_REGION: 'us-east-1' });

    expect(result.json().stacks).toMatchObject([{ stack: 'ValenceForwarder-acme' }]);
  });

  it.for<[string, object | string, RegExp]>([
    ['no region', { awsRegion: 'europe' }, /awsRegion in cdk\.json is not an AWS region/],
    ['no JSON', '{', /cdk\.json in this folder cannot be read/],
  ])('says what is wrong with the file: %s', async ([, context, message], { scene }) => {
    expect((await ops(scene, await projectWith(context), ['status'])).json().error.message).toMatch(message);
  });
});

it('both helps and the docs say in the same sentence when to use which doctor', async ({ scene }) => {
  const sentence = WHICH_DOCTOR.replaceAll(/"/g, '');
  const plain = (text: string) => text.replaceAll(/["`]/g, '').replaceAll(/\s+/g, ' ');

  expect(plain((await scene.ops(['doctor', '--help'])).stdout)).toContain(sentence);
  expect(plain((await scene.doctor(['--help'])).stdout)).toContain(sentence);
  expect(plain(await readFile('docs/operations.md', 'utf8'))).toContain(sentence);
});
