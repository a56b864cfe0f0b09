import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FoundLogs, ShownForwarder } from '../../../../tools/preview/explore/answers.ts';
import { type CommandResult, printed, runTool, startTool } from '../../../support/operator/run-tool.ts';

/** One forwarder that stays at work serves all of these tests, in the order in which a person would try things. */

const HOUR = 3600;

/** Each tool is a process of its own, and so is each invocation that meets no warm one. */
const TIMEOUT = { timeout: 240_000 };

let folder: string;
let environment: { LOCAL_FORWARDER_FILE: string };
let staying: ReturnType<typeof startTool>;

const ops = (...args: string[]) => runTool('ops', [...args, '--local'], environment);
const stay = () => startTool('start', ['--stay'], environment);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-local-'));
  environment = { LOCAL_FORWARDER_FILE: join(folder, 'forwarder.json') };
  staying = stay();
  await printed(staying, /Ctrl-C ends it/);
}, TIMEOUT.timeout);
afterAll(async () => {
  staying.child.kill();
  await staying.ended;
  await rm(folder, { recursive: true });
});

describe('against a forwarder that keeps running on this machine', TIMEOUT, () => {
  it('doctor finds everything as it must be', async () => {
    const { code, json } = await ops('doctor', '--json');

    expect(json()).toMatchObject({ ok: true, valenceApi: null });
    expect(json().findings.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining([
        'aws.credentials',
        'secrets.valence',
        'valence.alerts.fromParam',
        'datadog.key',
        'function.state-table',
        'state.alerts',
        'run.last',
        'alarms',
      ]),
    );
    expect(code).toBe(0);
  });

  it('status shows both streams with the first run behind them, and the records in quarantine', async () => {
    const { json } = await ops('status', '--json');

    const [stack] = json().stacks;
    expect(stack).toMatchObject({
      stack: 'ValenceForwarder',
      schedule: { expression: 'rate(1 minute)', enabled: true },
      streams: [
        { stream: 'alerts', lag: 'ok', lastRun: 'ok', quarantined: 0 },
        { stream: 'audit-logs', lag: 'ok', lastRun: 'ok', quarantined: 4 },
      ],
    });
  });

  it('the page shows the same: both streams, the run, and why records are in quarantine', async () => {
    const page = /http:\/\/127\.0\.0\.1:\d+\/\w+\//;
    await printed(staying, page);
    const [address = ''] = page.exec(staying.written.stdout) ?? [];
    const shown = (await (await fetch(`${address}api/forwarder`)).json()) as ShownForwarder;

    expect(shown).toMatchObject({
      kind: 'live',
      streams: [
        { stream: 'alerts', lag: 'ok', holes: [] },
        { stream: 'audit-logs', lag: 'ok', holes: [] },
      ],
      quarantine: { total: 4 },
    });
    expect(shown.runs.at(-1)).toMatchObject({ name: 'run 1', status: 'ok' });
    expect(shown.quarantine.shown).toHaveLength(4);
    expect(shown.quarantine.shown[0]).toMatchObject({
      stream: 'audit-logs',
      reason: expect.stringContaining('400'),
    });
    const { total } = (await (await fetch(`${address}api/logs`)).json()) as FoundLogs;
    expect(total).toBeGreaterThan(0);
  });

  it('status --watch continues until it is stopped', async () => {
    const watching = startTool('ops', ['status', '--watch', '1', '--json', '--local'], environment);

    await printed(watching, /\n\{"stacks"/);
    watching.child.kill();

    const { stdout } = await watching.ended;
    expect(stdout.trimEnd().split('\n').length).toBeGreaterThanOrEqual(2);
  });

  it('tail shows the first run, and no command uses anything of the user’s own AWS settings', async () => {
    const own = {
      AWS_PROFILE: 'production',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_SESSION_TOKEN: 'planted-token',
    };

    const { json } = await runTool('ops', ['tail', '--local', '--json'], { ...environment, ...own });

    expect(json().runs[0]).toMatchObject({
      status: 'ok',
      streams: { alerts: { forwarded: 40 }, 'audit-logs': { forwarded: 600, quarantined: 4 } },
    });
  });

  it('replay reports why records are in quarantine, sends those that Datadog accepts by now, and keeps the rest', async () => {
    const plan = await ops('replay', '--dry-run', '--json');
    const done = await ops('replay', '--json');

    expect(plan.json()).toMatchObject({ objects: 4, reasons: [{ httpStatus: 400, objects: 4 }] });
    expect(done.json()).toMatchObject({ objects: 4, sent: 3, remaining: 1, reasons: [{ httpStatus: 400 }] });
    expect([plan.code, done.code]).toEqual([0, 1]);
  });

  it('backfill plans, brings the past through the state machine, and brings nothing a second time', async () => {
    const invited = /backfill .* --from \S+ --to (?<to>\S+)/.exec(staying.written.stdout)?.groups?.['to'];
    const to = Date.parse(String(invited)) / 1000;
    const from = (Math.floor(to / HOUR) - 3) * HOUR;
    const backfill = (...args: string[]) =>
      ops(
        'backfill',
        '--stream',
        'audit-logs',
        '--from',
        String(from),
        '--to',
        String(to),
        '--json',
        ...args,
      );
    const finalWatermark = async () =>
      (await ops('status', '--json')).json().stacks[0].streams[1].finalWatermark;
    const before = await finalWatermark();

    const plan = await backfill('--dry-run');
    const first = await backfill();
    const second = await backfill();

    const { forwarded } = first.json();
    expect(plan.json()).toMatchObject({ stream: 'audit-logs', from, to, slices: 4, concurrency: 2 });
    expect(first.json()).toMatchObject({ slices: 4, done: 4, duplicates: 0, quarantined: 0, failures: [] });
    expect(forwarded).toBeGreaterThan(100);
    expect(second.json()).toMatchObject({ slices: 4, done: 4, forwarded: 0, duplicates: forwarded });
    expect([plan, first, second].map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await finalWatermark()).toBe(before);
  });

  it('watermark set moves the watermark once it is confirmed', async () => {
    const [{ watermark }] = (await ops('status', '--json')).json().stacks[0].streams;
    /** A scheduled run may be at work at this moment. */
    const set = async (...args: string[]): Promise<CommandResult> => {
      const to = String(watermark - 1800);
      const answer = await ops('watermark', 'set', '--stream', 'alerts', '--to', to, '--json', ...args);
      return /^(lease-held|state-changed)$/.test(answer.json().error?.code) ? set(...args) : answer;
    };

    const refused = await set();
    const done = await set('--yes');

    expect(refused.json().error.code).toBe('not-confirmed');
    expect(done.json().to.watermark).toBe(watermark - 1800);
    expect([refused.code, done.code]).toEqual([1, 0]);
  });

  it('a second one is refused, with the place of the first one', async () => {
    const { code, stderr } = await stay().ended;

    expect(code).toBe(1);
    expect(stderr).toContain(`in process ${staying.child.pid}`);
  });

  it('listens on loopback addresses only, in a file that only the user may read', async () => {
    const { mode } = await stat(environment.LOCAL_FORWARDER_FILE);
    const { environment: endpoints } = JSON.parse(await readFile(environment.LOCAL_FORWARDER_FILE, 'utf8'));

    expect(mode & 0o077).toBe(0);
    const urls = Object.entries<string>(endpoints).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL'));
    expect(urls).toHaveLength(12);
    expect(urls.every(([, url]) => new URL(url).hostname === '127.0.0.1')).toBe(true);
  });
});

describe('when none is running', TIMEOUT, () => {
  it('explains how to start one, and Ctrl-C leaves nothing behind', async () => {
    staying.child.kill('SIGINT');
    const { code } = await staying.ended;

    const answer = await ops('status', '--json');

    expect(code).toBe(0);
    expect(existsSync(environment.LOCAL_FORWARDER_FILE)).toBe(false);
    expect(answer.json().error).toMatchObject({
      code: 'local-not-running',
      fix: expect.stringContaining('npm start -- --stay'),
    });
    expect(answer.code).toBe(1);
  });

  it('is not misled by the file of one that was killed, and neither is the next one', async () => {
    const killed = stay();
    await printed(killed, /Ctrl-C ends it/);
    killed.child.kill('SIGKILL');
    await killed.ended;

    const answer = await ops('doctor', '--json');
    const next = stay();
    await printed(next, /Ctrl-C ends it/);
    next.child.kill('SIGTERM');

    expect(answer.json().error.message).toContain(`in process ${killed.child.pid}, has ended`);
    expect((await next.ended).code).toBe(0);
  });

  it('is not misled by a file that makes no sense', async () => {
    await writeFile(environment.LOCAL_FORWARDER_FILE, '{"pid":');

    expect((await ops('tail', '--json')).json().error.code).toBe('local-not-running');
  });
});
