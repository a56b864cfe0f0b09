import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forwarderBundle } from '../../lambda/bundle.ts';

const run = promisify(execFile);
const SYNTH_TIMEOUT_MS = 120_000;

let folder: string;
let assembly: string;

/** `cdk synth` on a machine that has no AWS configuration, no docker and, behind a dead proxy, no network. */
const synth = (...more: string[]) =>
  run(process.execPath, ['node_modules/aws-cdk/bin/cdk', 'synth', '--quiet', '--output', assembly, ...more], {
    env: {
      PATH: dirname(process.execPath),
      HOME: folder,
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
      CDK_DOCKER: '/nowhere/docker',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'synth-'));
  assembly = join(folder, 'assembly');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('cdk synth needs no AWS account, and yields the one stack with the code that `npm run build` yields', {
  timeout: SYNTH_TIMEOUT_MS,
}, async () => {
  await synth();
  const files = readdirSync(assembly);
  expect(files.filter((file) => file.endsWith('.template.json'))).toEqual(['ValenceForwarder.template.json']);

  const asset = files.find((file) => file.startsWith('asset.')) ?? '';
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
