import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemErrorText } from '../../../../tools/cli/failure.ts';
import { buildArtefact } from '../../../../tools/run-locally/artefact.ts';
import { runEmbedded } from '../../../../tools/run-locally/embedded.ts';
import { readKeys, runLive } from '../../../../tools/run-locally/live.ts';
import { sampleData } from '../../../../tools/sample-data/sample-data.ts';
import { startDatadogIntake } from '../../../../tools/stand-ins/datadog/intake.ts';
import { startValenceApi } from '../../../../tools/stand-ins/valence/api.ts';
import { npmRun, runTool } from '../../../support/operator/run-tool.ts';

let folder: string;
let fn: { folder: string; logFile: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forwarder-local-'));
  fn = { folder: join(folder, 'artefact'), logFile: join(folder, 'function.log') };
  await buildArtefact(fn.folder);
});
afterAll(() => rm(folder, { recursive: true }));

const start = (...args: string[]) => runTool('start', args);

describe('npm start', () => {
  it('prints only the sum of its three runs with --json', async () => {
    const { code, stdout, stderr } = await start('--json');

    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      status: 'ok',
      streams: {
        alerts: { forwarded: 520, quarantined: 0, caughtUp: true, error: null },
        'audit-logs': { forwarded: 5200, quarantined: 0, caughtUp: true, error: null },
      },
    });
    expect(stderr).toContain('Run 3 of 3');
    expect(stderr).not.toContain('Warning');
  });

  it('prints with --dry-run only logs to stdout, and the table to stderr', async () => {
    const { code, stdout, stderr } = await start('--dry-run');

    expect(code).toBe(0);
    const logs = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(logs).toHaveLength(5720);
    expect(new Set(logs.map(({ service }) => service))).toEqual(new Set(['alerts', 'audit-logs']));
    expect(stderr).toContain('watermark');
  });

  it('starts from its sources, and refuses an unknown flag and says where to read on', async () => {
    const { code, stderr } = await npmRun('start', ['--bogus']);

    expect(code).toBe(1);
    expect(stderr).toContain("unknown option '--bogus'");
    expect(stderr).toContain('Run npm start -- --help');
  });

  it('lists the APIs that may take the place of Valence when one has an unknown name', async () => {
    const { code, stderr } = await start('--api', 'no-such-api');

    expect(code).toBe(1);
    expect(stderr).toContain('There is no API "no-such-api"');
    expect(stderr).toMatch(/^page-token +Hands out nextPageToken/m);
  });

  it('stays at work only against stand-ins', async () => {
    const { code, stderr } = await start('--stay', '--live');

    expect(code).toBe(1);
    expect(stderr).toContain("'--stay' cannot be used with option '--live'");
  });

  it('names every key that a live run misses', async () => {
    const { code, stderr } = await start('--live');

    expect(code).toBe(1);
    expect(stderr).toContain('VALENCE_API_KEY is not set');
    expect(stderr).toContain('DD_API_KEY is not set');
  });
});

describe('the embedded runs', () => {
  it('forward every record once, nothing in between, and new records afterwards', async () => {
    const { runs, arrivals, drops } = await runEmbedded(fn);

    const forwarded = runs.map(({ result: { streams } }) => [
      streams.alerts?.forwarded,
      streams['audit-logs']?.forwarded,
    ]);
    expect(forwarded).toEqual([
      [500, 5000],
      [0, 0],
      [20, 200],
    ]);
    expect(arrivals).toEqual({ expected: 5720, missing: 0, excess: 0 });
    expect(Object.values(drops).every((count) => count === 0)).toBe(true);
  });
});

describe('a live run', () => {
  let stateFolder: string;
  beforeEach(async () => {
    stateFolder = await mkdtemp(join(folder, 'state-'));
  });

  const now = Math.floor(Date.now() / 1000);
  const data = sampleData({ seed: 3, range: { from: now - 7200, to: now - 3600 }, alerts: 5, auditLogs: 20 });
  const keys = { valence: 'real-valence-key', datadog: 'real-datadog-key' };

  const services = async () => {
    const valence = await startValenceApi({ apiKey: keys.valence });
    valence.alerts.add(data.alerts);
    valence.auditLogs.add(data.auditLogs);
    valence.alertTypes.add(data.alertTypes);
    const datadog = await startDatadogIntake({ apiKey: keys.datadog });
    const environment = {
      ...process.env,
      VALENCE_BASE_URL: valence.origin,
      DATADOG_INTAKE_URL: datadog.origin,
      TENANT: 'acme',
    };
    const close = () => Promise.all([valence.close(), datadog.close()]);
    return { datadog, environment, close };
  };

  it('honours the settings of the environment and continues from the state it kept', async () => {
    const { datadog, environment, close } = await services();

    const first = await runLive(fn, { keys, environment, stateFolder });
    const second = await runLive(fn, { keys, environment, stateFolder });
    await close();

    expect(first.result.streams.alerts?.forwarded).toBe(5);
    expect(first.result.streams['audit-logs']?.forwarded).toBe(20);
    expect(second.result.streams.alerts?.forwarded).toBe(0);
    expect(datadog.accepted).toBe(25);
    expect(datadog.logs.every(({ ddtags }) => String(ddtags).includes('tenant:acme'))).toBe(true);
    const functionLog = await readFile(fn.logFile, 'utf8');
    expect(functionLog).not.toContain(keys.valence);
    expect(functionLog).not.toContain(keys.datadog);
  });

  it('shows the keys to no other program: in no variable and no argument, and by no server', async () => {
    const probe = join(folder, 'probe');
    await mkdir(probe, { recursive: true });
    // Reports what other programs could find out of the process of the function.
    await writeFile(
      join(probe, 'index.mjs'),
      `const started = JSON.stringify([process.argv, process.execArgv, process.env]);
      export const handler = async () => {
        const endpoint = process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
        const asked = await fetch(endpoint, { method: 'POST', body: '{"SecretId":"valence-api-key"}' })
          .then((answer) => answer.text(), ({ cause }) => cause.code);
        const servers = process.getActiveResourcesInfo().filter((name) => /Server/.test(name));
        return { streams: {}, started, asked, servers, endpoints: Object.entries(process.env).filter(([name]) => /^AWS_ENDPOINT/.test(name)) };
      };`,
    );
    const environment = { ...process.env, VALENCE_API_KEY: keys.valence, COPY: `Bearer ${keys.datadog}` };

    const { result } = await runLive({ ...fn, folder: probe }, { keys, environment, stateFolder });

    const { started, asked, servers, endpoints } = result as unknown as Record<string, string>;
    expect(started).not.toContain(keys.valence);
    expect(started).not.toContain(keys.datadog);
    expect(asked).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
    expect(servers).toEqual([]);
    expect(Object.fromEntries(endpoints as unknown as [string, string][])).toEqual({
      AWS_ENDPOINT_URL_DYNAMODB: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
      AWS_ENDPOINT_URL_S3: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://secrets-manager.invalid',
    });
  });

  it('shows the logs of a dry run, sends nothing and keeps no state', async () => {
    const { datadog, environment, close } = await services();
    const shown: unknown[] = [];
    const dryRun = () =>
      runLive(fn, { keys, environment, stateFolder, onLog: (log) => void shown.push(log) });

    await dryRun();
    await dryRun();
    await close();

    expect(shown).toHaveLength(50);
    expect(datadog.accepted).toBe(0);
  });

  it('keeps state and logs for its user alone, in a folder that was open before, too', async () => {
    const { environment, close } = await services();
    const before = process.umask(0o077);
    try {
      await chmod(stateFolder, 0o777);
      await runLive(fn, { keys, environment, stateFolder });
    } finally {
      process.umask(before);
      await close();
    }

    const inside = await readdir(stateFolder, { recursive: true });
    expect(inside.length).toBeGreaterThan(2);
    const open = [stateFolder, ...inside.map((name) => join(stateFolder, name)), fn.logFile].filter(
      (path) => (statSync(path).mode & 0o077) !== 0,
    );
    expect(open).toEqual([]);
  });

  it('leaves a state folder alone that another process uses, and takes over from one that died', async () => {
    const { environment, close } = await services();
    const run = () => runLive(fn, { keys, environment, stateFolder });
    await writeFile(join(stateFolder, 'in-use-by'), String(process.pid));
    await expect(run()).rejects.toThrow(`in use by process ${process.pid}`);

    const ended = spawnSync(process.execPath, ['--version']);
    await writeFile(join(stateFolder, 'in-use-by'), String(ended.pid));

    expect((await run()).result.status).toBe('ok');
    await close();
  });

  it('says in a line what the operating system refuses', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');

    const refused = await runLive(fn, { keys, environment: {}, stateFolder: join(file, 'state') }).catch(
      systemErrorText,
    );

    expect(refused).toMatch(/^The operating system refused: ENOTDIR.*a-file/);
  });

  it('passes on what the forwarder says of wrong settings', async () => {
    const environment = { VALENCE_REGION: 'mars', DATADOG_SITE: 'nowhere' };

    const run = runLive(fn, { keys, environment, stateFolder });

    await expect(run).rejects.toThrow(/VALENCE_REGION = "mars"[\s\S]*DATADOG_SITE = "nowhere"/);
  });

  it('needs no key of Datadog to show what it would send', () => {
    expect(readKeys({ VALENCE_API_KEY: 'key' }, true)).toMatchObject({ valence: 'key' });
    expect(() => readKeys({ VALENCE_API_KEY: 'key' }, false)).toThrow('DD_API_KEY is not set');
  });
});
