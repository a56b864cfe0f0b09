import { expect, it } from 'vitest';
import { VERSION } from '../../../lambda/shared/version.ts';
import { widthOf } from '../../../tools/cli/width.ts';
import { npmRun } from '../../support/operator/run-tool.ts';

it.each(['sim', 'bench', 'mutants'])(
  '%s has the help, the version and the errors of the other tools',
  async (tool) => {
    const help = await npmRun(tool, ['--help'], { COLUMNS: '80' });
    const version = await npmRun(tool, ['--version']);
    const wrong = await npmRun(tool, ['--bogus', '--json']);

    expect(help.stdout).toContain(`Usage: npm run ${tool} -- [options]\n`);
    expect(help.stdout.split('\n').filter((line) => widthOf(line) > 80 && !/^ +npm /.test(line))).toEqual([]);
    expect(version).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.not.stringContaining('Usage:') });
    expect(JSON.parse(wrong.stdout)).toEqual({
      error: { code: 'usage', message: "unknown option '--bogus'", fix: `Run npm run ${tool} -- --help` },
    });
  },
);
