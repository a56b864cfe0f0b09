import { stripVTControlCharacters } from 'node:util';
import { describe, expect } from 'vitest';
import { widthOf } from '../../../tools/cli/width.ts';
import { fill } from '../../support/operator/findings.ts';
import { type CommandResult, runTool } from '../../support/operator/run-tool.ts';
import { DATADOG_KEY, nowSeconds, type Scene, VALENCE_KEY } from '../../support/operator/scene.ts';
import { it, openScene } from '../../support/operator/scene-test.ts';

const COLUMNS = 80;
const DAY = 86_400;
const SCREEN = { COLUMNS: String(COLUMNS) };

/** What may be longer than the screen is wide, alone on a line: a command, or a single word. */
const ALONE = /^ *(?:(?:[A-Z_]+=\S+|\.\.\.) )*(?:npm|npx|aws) |^ *\S+$/;

const tooLong = ({ stdout, stderr }: CommandResult) =>
  `${stdout}\n${stderr}`
    .split('\n')
    .map(stripVTControlCharacters)
    .filter((line) => widthOf(line) > COLUMNS && !ALONE.test(line));

/** A forwarder with everything that makes lines long. */
async function troubledScene(): Promise<Scene> {
  const scene = await openScene();
  fill(scene);
  const now = nowSeconds();
  await scene.leaveState('alerts', {
    watermark: now - 30 * DAY,
    holes: [
      {
        from: now - 40 * DAY,
        to: now - 39 * DAY,
        since: now - DAY,
        refusedAt: now,
        status: 500,
        doubt: false,
      },
    ],
  });
  scene.account.logs.push({
    at: now - 30,
    line: {
      event: 'run-finished',
      run_id: '7477234a-1d5e-480b-a620-2dd1799879e1',
      status: 'failed',
      streams: {
        alerts: {
          forwarded: 1,
          quarantined: 1,
          error: { code: 'source-status', message: 'Valence answered 500, and again 500. '.repeat(4) },
        },
      },
    },
  });
  scene.datadog.intercept = () => ({ status: 403, body: '{}' });
  return scene;
}

describe('in 80 columns', () => {
  it.for<[string[]]>([
    [['status']],
    [['tail']],
    [['doctor']],
    [['replay', '--dry-run']],
    [['backfill', '--stream', 'alerts', '--from', '2025-01-01', '--to', '2025-02-01', '--dry-run']],
    [['watermark', 'set', '--stream', 'alerts', '--to', '2025-01-01']],
    [['state', 'downgrade', '--stream', 'alerts']],
    [['hash', 'ada@example.com']],
    [['status', '--stack', 'NoSuchStackWithALongName']],
    [['fix']],
    [[]],
    [['--help']],
    [['backfill', '--help']],
    [['doctor', '--help']],
  ])('ops %j wraps no line', async ([args]) => {
    const scene = await troubledScene();

    const result = await scene.ops(args, SCREEN);

    expect(tooLong(result)).toEqual([]);
    expect(result.stdout + result.stderr).not.toBe('');
  });

  it('status has a block for each stream', async () => {
    const scene = await troubledScene();

    const { stdout } = await scene.ops(['status'], SCREEN);

    expect(stdout).toMatch(/^acme {2}alerts\n {2}watermark {8}\S+\n {2}lag {14}30 d.* critical\n/m);
    expect(stdout).toMatch(/^acme {2}audit-logs\n {2}watermark/m);
  });

  it('the doctor without AWS wraps no line', async () => {
    const scene = await troubledScene();

    const result = await scene.doctor([], {
      ...SCREEN,
      VALENCE_API_KEY: VALENCE_KEY,
      DD_API_KEY: DATADOG_KEY,
    });

    expect(result.stdout).toMatch(/^FAIL {2}datadog\.key .*\n {6}Fix: .*\n {6}\S/m);
    expect(tooLong(result)).toEqual([]);
  });

  it.for(['datadog', 'doctor', 'ops', 'preview', 'start', 'zoo'] as const)(
    'the help of %s wraps no line',
    async (tool) => {
      const result = await runTool(tool, ['--help'], SCREEN);

      expect(tooLong(result)).toEqual([]);
      expect(result).toMatchObject({ code: 0, stderr: '' });
    },
  );
});

describe('colours', () => {
  it('are for terminals alone, unless the user wants or refuses them', async () => {
    const scene = await troubledScene();
    const coloured = '\u001b[31mcritical\u001b[39m';

    expect((await scene.ops(['status'])).stdout).not.toContain('\u001b');
    expect((await scene.ops(['status'], { FORCE_COLOR: '1' })).stdout).toContain(coloured);
    expect((await scene.ops(['status'], { NO_COLOR: '1' })).stdout).not.toContain('\u001b');
  });
});
