import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { s3Quarantine } from '../../../lambda/forwarder/aws/quarantine-bucket.ts';
import { s3Client } from '../../../lambda/shared/aws/clients.ts';
import { deadlineIn, systemClock } from '../../../lambda/shared/clock.ts';
import { proposalText } from '../../../tools/doctor/proposal.ts';
import { RESOURCES } from '../../../tools/run-locally/resources.ts';
import { startDatadogApi } from '../../../tools/stand-ins/datadog/api.ts';
import { STAND_IN_CLIENT } from '../../support/aws-client.ts';
import { readGolden } from '../../support/datadog/golden.ts';
import { fill } from '../../support/operator/findings.ts';
import { type CommandResult, runTool } from '../../support/operator/run-tool.ts';
import { DATADOG_KEY, nowSeconds, type Scene, VALENCE_KEY } from '../../support/operator/scene.ts';
import { it, openScene } from '../../support/operator/scene-test.ts';
import { auditRecord } from '../../support/records.ts';
import { ESCAPES, unsafeIn } from '../../support/unsafe-text.ts';

const KEYS = { VALENCE_API_KEY: VALENCE_KEY, DD_API_KEY: DATADOG_KEY };
const PLANTED = `planted${ESCAPES}`;
const FORGED = `planted${ESCAPES}\nok  all is well`;

/** Nothing of what was planted commands the terminal, and something of it was shown. */
function expectVisible({ stdout, stderr }: CommandResult): void {
  expect(unsafeIn(stdout + stderr)).toEqual([]);
  expect(stdout + stderr).toContain('planted\\u001b]52;');
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('foreign text with terminal escapes is shown, not obeyed', () => {
  const failedRun = (at: number) => ({
    at,
    line: {
      event: 'run-finished',
      run_id: `run-1${FORGED}`,
      status: 'failed',
      streams: {
        alerts: {
          fetched: 0,
          forwarded: 0,
          duplicates: 0,
          quarantined: 0,
          watermark: at,
          caughtUp: false,
          skipped: null,
          error: { code: 'source-status', message: FORGED },
        },
      },
    },
  });

  it.for([[], ['--json']])('with %j in ops tail', async (options, { scene }) => {
    scene.account.logs.push(failedRun(nowSeconds() - 60));
    const result = await scene.ops(['tail', ...options]);
    expectVisible(result);
    expect(result.stdout).not.toMatch(/^ok {2}all/m);
  });

  it.for([[], ['--json']])('with %j in ops doctor', async (options, { scene }) => {
    scene.account.logs.push(failedRun(nowSeconds() - 60));
    scene.account.alarms.push({ name: 'ValenceForwarder-acme-errors', description: FORGED });
    const result = await scene.ops(['doctor', ...options]);
    expectVisible(result);
    expect(result.stdout).not.toMatch(/^ok {2}all/m);
  });

  it.for([[], ['--json']])('with %j in ops status', async (options, { scene }) => {
    scene.account.schedules = {
      'forwarder-group/forwarder-schedule': { expression: PLANTED, state: 'ENABLED' },
    };
    await scene.leaveState('alerts', { watermark: nowSeconds() - 200 });
    expectVisible(await scene.ops(['status', ...options]));
  });

  async function quarantine(scene: Scene, reason: string): Promise<void> {
    const { accessKey: credentials, s3 } = scene.aws;
    const { secret } = scene;
    const client = () =>
      s3Client({ ...STAND_IN_CLIENT, credentials, endpoint: s3.origin, forcePathStyle: true });
    const time = nowSeconds() - 3600;
    await s3Quarantine({ bucket: RESOURCES.QUARANTINE_BUCKET, tenant: 'acme', secret, client }).put(
      {
        stream: 'audit-logs',
        record: auditRecord(time, PLANTED),
        fingerprint: '0'.repeat(32),
        reason,
        httpStatus: 400,
        quarantinedAt: new Date().toISOString(),
      },
      time,
      { deadline: deadlineIn(systemClock, 10_000) },
    );
  }

  it.for([[], ['--json']])('with %j in ops replay --dry-run', async (options, { scene }) => {
    await quarantine(scene, FORGED);
    const result = await scene.ops(['replay', '--dry-run', ...options]);
    expectVisible(result);
    expect(result.stdout).not.toMatch(/^ok {2}all/m);
  });

  it.for([[], ['--json']])('with %j in a failure that quotes AWS', async (options, { scene }) => {
    scene.account.refusal = PLANTED;
    const result = await scene.ops(['status', ...options]);
    expect(result.code).toBe(1);
    expect(unsafeIn(result.stdout + result.stderr)).toEqual([]);
  });

  it.for([[], ['--json']])('with %j in doctor', async (options) => {
    const scene = await openScene({ reality: { itemsPath: 'data' } });
    fill(scene);
    scene.valence.intercept = () => ({
      status: 400,
      body: JSON.stringify({ message: FORGED, [PLANTED]: 1 }),
    });
    const { stdout, stderr } = await scene.doctor(options, KEYS);
    expect(unsafeIn(stdout + stderr)).toEqual([]);
  });

  it('in preview', async () => {
    const { stream, record } = readGolden('01-user-signed-in.json');
    const file = join(await temporaryFolder(), 'records.json');
    await writeFile(
      file,
      JSON.stringify([{ stream, record: { ...(record as object), details: PLANTED, [PLANTED]: 1 } }]),
    );
    expectVisible(await runTool('preview', [file]));
  });

  it('in datadog plan', async () => {
    const datadog = await startDatadogApi({ apiKey: DATADOG_KEY, appKey: VALENCE_KEY });
    onTestFinished(() => datadog.close());
    datadog.intercept = () => ({ status: 400, body: JSON.stringify({ errors: [FORGED] }) });
    const environment = { DD_API_KEY: DATADOG_KEY, DD_APP_KEY: VALENCE_KEY, DATADOG_API_URL: datadog.origin };
    expectVisible(await runTool('datadog', ['plan'], environment));
  });

  it('in zoo', async () => {
    const file = join(await temporaryFolder(), `planted${ESCAPES.replaceAll('\0', '')}.json`);
    expectVisible(await runTool('zoo', ['--from', file]));
  });
});

describe('a command that the doctor proposes', () => {
  const HOSTILE_NAME = "x'; touch pwned; '";

  it.each([
    HOSTILE_NAME,
    'x$(touch pwned)',
    'x`touch pwned`',
    'x\ntouch pwned\n',
    '\u202exx',
    'x'.repeat(65),
  ])('holds no name such as %j', async (name) => {
    const scene = await openScene({ reality: { itemsPath: name } });
    fill(scene);

    const result = await scene.doctor([], KEYS);

    expect(result.stdout).not.toContain('VALENCE_API_PROFILE=');
    expect(result.stdout).not.toContain(name);
    expect(result.code).toBe(1);
  });

  it('holds none from a description of the API either', async () => {
    const scene = await openScene({ reality: { fromParam: `from_${HOSTILE_NAME}`, toParam: 'to' } });
    fill(scene);
    const description = {
      openapi: '3.0.3',
      info: { title: 'Valence', version: '1' },
      paths: {
        '/api/v1/audit-logs': {
          get: {
            parameters: [`from_${HOSTILE_NAME}`, 'to', 'limit', 'cursor'].map((name) => ({
              name,
              in: 'query',
              schema: { type: 'integer' },
            })),
            responses: { 200: { description: 'A page.' } },
          },
        },
      },
    };
    const file = join(await temporaryFolder(), 'description.json');
    await writeFile(file, JSON.stringify(description));

    const result = await scene.doctor(['--openapi', file, '--json'], KEYS);

    expect(result.json().valenceApi).toBeNull();
    expect(result.stdout).not.toContain('touch pwned; ');
  });

  it.each(['sh', 'bash'])('does nothing in %s but what it should, even if it held one', async (shell) => {
    const folder = await temporaryFolder();
    const proposal = { itemsPath: HOSTILE_NAME, params: { a: '$(touch pwned) `touch pwned` !! "' } };
    const command = proposalText(proposal).split('\n').at(-1)?.replace('For a local run: ', '');

    const print = `${process.execPath} -p process.env.VALENCE_API_PROFILE`;
    const input = `${shell === 'bash' ? 'set -H\n' : ''}${command} ${print}\nexit\n`;
    const options = shell === 'bash' ? ['--norc', '--noprofile', '-i'] : [];
    const printed = execFileSync(shell, options, {
      cwd: folder,
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, HISTFILE: '/dev/null' },
    });

    expect(JSON.parse(printed)).toEqual(proposal);
    expect(await readdir(folder)).toEqual([]);
  });
});
