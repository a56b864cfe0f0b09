import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { App, Stage, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FEATURE_FLAGS } from '../../infra/feature-flags.ts';
import { addForwarders } from '../../infra/forwarder-app.ts';
import { forwarderBundle, withoutSourceMaps } from '../../lambda/bundling/bundle.ts';
import { WITHOUT_CODE } from './synthesised.ts';

const run = promisify(execFile);
const SYNTH_TIMEOUT_MS = 120_000;

let folder: string;
let assembly: string;

const CDK = resolve('node_modules/aws-cdk/bin/cdk');

/** `cdk synth` on a machine that has no AWS configuration, no docker and, behind a dead proxy, no network. */
const synth = (...more: string[]) =>
  // On the most careless machine, what no program sets right is open to everyone.
  run(
    '/bin/sh',
    [
      '-c',
      'umask 0 && exec "$@"',
      'sh',
      process.execPath,
      CDK,
      'synth',
      '--quiet',
      '--output',
      assembly,
      ...more,
    ],
    {
      env: {
        PATH: dirname(process.execPath),
        HOME: folder,
        HTTPS_PROXY: 'http://127.0.0.1:9',
        HTTP_PROXY: 'http://127.0.0.1:9',
        CDK_DOCKER: '/nowhere/docker',
        AWS_EC2_METADATA_DISABLED: 'true',
        // The library's own rules take most of the time, and are applied to all templates below.
        CDK_VALIDATION: 'false',
      },
    },
  );

const stacksIn = (place: string) =>
  readdirSync(place)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => file.replace('.template.json', ''))
    .sort();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'synth-'));
  assembly = join(folder, 'assembly');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

it('cdk synth needs no AWS account, yields the one stack with the code of the bundle, and lets only its user change it', {
  timeout: SYNTH_TIMEOUT_MS,
}, async () => {
  await synth();
  expect(stacksIn(assembly)).toEqual(['ValenceForwarder']);

  const files = [
    assembly,
    ...readdirSync(assembly, { recursive: true, encoding: 'utf8' }).map((name) => join(assembly, name)),
  ];
  expect(files.filter((file) => (statSync(file).mode & 0o022) !== 0)).toEqual([]);

  const asset = readdirSync(assembly).find((file) => file.startsWith('asset.')) ?? '';
  const { outputFiles } = await build({
    ...withoutSourceMaps(forwarderBundle('dist/forwarder')),
    write: false,
  });
  expect(readdirSync(join(assembly, asset)).sort()).toEqual(
    outputFiles.map(({ path }) => basename(path)).sort(),
  );
  for (const { path, contents } of outputFiles) {
    // Not toEqual: working out how two bundles differ takes a minute.
    expect(readFileSync(join(assembly, asset, basename(path))).equals(contents)).toBe(true);
  }
});

it('F75 a wrong setting stops cdk synth with the message and no stack trace', {
  timeout: SYNTH_TIMEOUT_MS,
}, async () => {
  const failed = await synth('-c', 'region=eu-west-1', '-c', 'collectAlert=no').catch(
    (error: unknown) => error,
  );
  expect(failed).toMatchObject({ code: 1 });
  const { stderr } = failed as { stderr: string };
  expect(stderr).toContain('The configuration has 2 problems');
  expect(stderr).not.toMatch(/^\s+at /m);
});

/** Settings that are in no example and that add something to the templates. */
const FURTHER_SETTINGS = {
  'a key, and nothing retained': {
    kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c-0b0a-0908-0706-050403020100',
    removalPolicy: 'destroy',
  },
  'a network, and one stream': {
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: 'subnet-0123456789abcdef0',
    securityGroupIds: 'sg-0123456789abcdef0',
    collectAlerts: false,
  },
  'a table and a bucket that exist': {
    existingStateTable: 'forwarder-state',
    existingQuarantineBucket: 'forwarder-quarantine',
  },
  'a log pipeline in Datadog': {
    datadogContent: { pipeline: true },
    existingDatadogSecret: 'datadog/api-key',
    existingDatadogAppKeySecret: 'datadog/app-key',
  },
};

describe('the examples', () => {
  const examples = [
    { example: 'minimal', stacks: ['ValenceForwarder'] },
    { example: 'two-tenants', stacks: ['ValenceForwarder-acme', 'ValenceForwarder-acme-europe'] },
    { example: 'locked-down', stacks: ['ValenceForwarder'] },
  ];
  const settingsOf = (place: string) => JSON.parse(readFileSync(join(place, 'cdk.json'), 'utf8'));

  it.each(examples)('examples/$example is synthesised as the project itself', ({ example }) => {
    const place = join('examples', example);
    const { app, context, ...rest } = settingsOf(place);
    const { app: ownApp, context: ownContext, ...ownRest } = settingsOf('.');
    const entryOf = (command: string) => command.split(' ').at(-1) ?? '';
    const [entry, ownEntry] = [entryOf(app), entryOf(ownApp)];

    expect(rest).toEqual(ownRest);
    expect(context).toMatchObject(ownContext);
    expect(app.replace(entry, ownEntry)).toBe(ownApp);
    expect(resolve(place, entry)).toBe(resolve(ownEntry));
  });

  // In one app, because the library takes seconds to prepare its rules, each time that it sees another type of resource. So each
  // forwarder has a name of its own.
  it('and further settings are synthesised without a finding of cdk-nag or the library', {
    timeout: SYNTH_TIMEOUT_MS,
  }, () => {
    const app = new App({ context: { ...FEATURE_FLAGS, ...WITHOUT_CODE }, outdir: assembly });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
    const stages = examples.map(({ example, stacks }) => {
      const stage = new Stage(app, example);
      const { context } = settingsOf(join('examples', example));
      addForwarders(stage, context.tenants ? context : { tenant: example, ...context });
      return { stage, stacks };
    });
    for (const [index, settings] of Object.values(FURTHER_SETTINGS).entries())
      addForwarders(new Stage(app, `further-${index}`), { tenant: `further-${index}`, ...settings });
    const shown = ['warn', 'error'].map((kind) => vi.spyOn(console, kind as 'warn').mockReturnValue());

    app.synth();

    for (const spy of shown) expect(spy).not.toHaveBeenCalled();
    for (const { stage, stacks } of stages)
      expect(stage.node.children.map(({ node }) => node.id).sort()).toEqual(stacks);
    const report = JSON.parse(readFileSync(join(assembly, 'validation-report.json'), 'utf8'));
    expect(report.pluginReports).toEqual([]);
  });
});
