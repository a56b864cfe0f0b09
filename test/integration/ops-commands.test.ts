import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { npmRun } from '../support/operator/run-tool.ts';
import { type Scene, startScene } from '../support/operator/scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('npm run ops', () => {
  it('starts from its sources', async () => {
    const result = await npmRun('ops', ['status', '--json'], scene.awsEnvironment);

    expect(result.json().stacks).toMatchObject([{ stack: 'ValenceForwarder' }]);
    expect(result.code).toBe(0);
  });
});

describe('wrong arguments', () => {
  it.each([
    [['status', '--bogus'], "unknown option '--bogus'"],
    [['fix'], "unknown command 'fix'"],
    [['tail', '--since', 'yesterday'], 'Give a length such as'],
    [[], 'No command was named'],
  ])('%j are told for programs on stdout and for people on stderr', async (args, message) => {
    const answer = await scene.ops([...args, '--json']);

    expect(answer.json().error).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
    expect(answer.stderr).toContain('Usage:');
    expect(answer.code).toBe(1);
  });
});
