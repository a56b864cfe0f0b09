import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forwarderBundle } from '../../lambda/bundle.ts';

const run = promisify(execFile);
const SYNTH_TIMEOUT_MS = 120_000;

let folder: string;
let assembly: string;

const CDK = resolve('node_modules/aws-cdk/bin/cdk');

/** `cdk synth` on a machine that has no AWS configuration, no docker and, behind a dead proxy, no network. */
const synthIn = (cwd: string, ...more: string[]) =>
  run(process.execPath, [CDK, 'synth', '--quiet', '--output', assembly, ...more], {
    cwd,
    env: {
      PATH: dirname(process.execPath),
      HOME: folder,
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
      CDK_DOCKER: '/nowhere/docker',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });

const synth = (...more: string[]) => synthIn('.', ...more);

const stacksIn = (place: string) =>
  readdirSync(place)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => file.replace('.template.json', ''))
    .sort();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'synth-'));
  assembly = join(folder, 'assembly');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('cdk synth needs no AWS account, and yields the one stack with the code that `npm run build` yields', {
  timeout: SYNTH_TIMEOUT_MS,
}, async () => {
  await synth();
  expect(stacksIn(assembly)).toEqual(['ValenceForwarder']);

  const asset = readdirSync(assembly).find((file) => file.startsWith('asset.')) ?? '';
  const built = join(folder, 'built');
  await build(forwarderBundle(built));
  const contentOf = (place: string) => readFileSync(join(place, 'index.mjs'));
  // Not toEqual: working out how two bundles differ takes a minute.
  expect(contentOf(join(assembly, asset)).equals(contentOf(built))).toBe(true);
});

test('F75 a wrong setting ends cdk synth with the message and no stack trace', {
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

test.each([
  { example: 'minimal', stacks: ['ValenceForwarder'] },
  { example: 'two-tenants', stacks: ['ValenceForwarder-acme', 'ValenceForwarder-acme-europe'] },
  { example: 'locked-down', stacks: ['ValenceForwarder'] },
])(
  'examples/$example is synthesised without a finding of cdk-nag or of the library',
  {
    timeout: SYNTH_TIMEOUT_MS,
  },
  async ({ example, stacks }) => {
    const { stdout, stderr } = await synthIn(join('examples', example));
    expect(`${stdout}${stderr}`).not.toMatch(/warning|error/i);
    expect(stacksIn(assembly)).toEqual(stacks);
    const report = JSON.parse(readFileSync(join(assembly, 'validation-report.json'), 'utf8'));
    expect(report.pluginReports).toEqual([]);
  },
);
