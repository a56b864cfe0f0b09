import { describe, expect } from 'vitest';
import { VERSION } from '../../../../lambda/shared/version.ts';
import { npmRun } from '../../../support/operator/run-tool.ts';
import { it } from '../../../support/operator/scene-test.ts';

describe('npm run ops', () => {
  it('starts from its sources', async ({ scene }) => {
    const result = await npmRun('ops', ['status', '--json'], scene.awsEnvironment);

    expect(result.json().stacks).toMatchObject([{ stack: 'ValenceForwarder' }]);
    expect(result.code).toBe(0);
  });
});

it('ops and doctor print their version', async ({ scene }) => {
  for (const tool of [scene.ops, scene.doctor]) {
    expect(await tool(['--version'])).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
  }
});

describe('wrong arguments', () => {
  it.for<[string[], string]>([
    [['status', '--bogus'], "unknown option '--bogus'"],
    [['fix'], "unknown command 'fix'"],
    [['tail', '--since', 'yesterday'], 'Give a time such as'],
    [[], 'No command was named'],
  ])('%j are reported as JSON on stdout and as text on stderr', async ([args, message], { scene }) => {
    const answer = await scene.ops([...args, '--json']);

    expect(answer.json().error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
      fix: expect.stringMatching(/^Run npm run ops -- .*--help$/),
    });
    expect(answer.stderr).toContain(message);
    expect(answer.stderr).not.toContain('Usage:');
    expect(answer.code).toBe(1);
  });
});
