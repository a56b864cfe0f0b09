import { describe, expect } from 'vitest';
import type { Scene } from '../../../support/operator/scene.ts';
import { it, openScene } from '../../../support/operator/scene-test.ts';

describe('without what a command needs', () => {
  const error = async (scene: Scene, args: string[], environment?: Record<string, string>) => {
    const result = await scene.ops([...args, '--json'], environment);
    expect(result.code).toBe(1);
    return result.json().error;
  };

  it('explains how to get credentials when there are none, and when they have expired', async ({ scene }) => {
    const none = await error(scene, ['status'], { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    scene.account.refusal = 'ExpiredToken';
    const expired = await error(scene, ['status']);

    expect(none).toMatchObject({ code: 'aws-no-credentials', fix: expect.stringContaining('--profile') });
    expect(expired).toMatchObject({
      code: 'aws-credentials-expired',
      fix: expect.stringContaining('aws sso login'),
    });
  });

  it('says which region to name when there is none', async ({ scene }) => {
    expect(await error(scene, ['status'], { AWS_REGION: '' })).toMatchObject({ code: 'aws-no-region' });
  });

  it('names a profile that does not exist', async ({ scene }) => {
    expect(await error(scene, ['status', '--profile', 'nope'])).toMatchObject({
      code: 'aws-no-profile',
      message: expect.stringContaining('There is no AWS profile nope.'),
    });
  });

  it('names region and stacks when the stack is not there', async ({ scene }) => {
    const unknown = await error(scene, ['tail', '--stack', 'Forwarder']);
    scene.account.stacks.length = 0;
    const elsewhere = await error(scene, ['tail', '--region', 'eu-west-1']);

    expect(unknown.message).toBe(
      'There is no stack Forwarder in region us-east-1 of this account. There is ValenceForwarder.',
    );
    expect(elsewhere).toMatchObject({
      code: 'stack-not-found',
      message: expect.stringContaining('eu-west-1'),
    });
  });

  it('needs no permission for other stacks than the usual one, and asks for a name where that is not there', async ({
    scene,
  }) => {
    scene.account.mayDescribeAllStacks = false;
    const status = await scene.ops(['status', '--json']);
    const tail = await scene.ops(['tail', '--json']);
    const misspelled = await error(scene, ['tail', '--stack', 'Forwarder']);
    scene.account.stacks.length = 0;

    expect([status.code, tail.code]).toEqual([0, 0]);
    expect(misspelled).toMatchObject({ code: 'stack-not-found' });
    expect(await error(scene, ['status'])).toMatchObject({
      code: 'aws-denied',
      fix: expect.stringContaining('--stack'),
    });
  });

  it.each([
    ['tenants', ['ValenceForwarder-a', 'ValenceForwarder-b']],
    ['one whose name is the usual one', ['ValenceForwarder-prod', 'ValenceForwarder']],
  ])('asks for a choice among several forwarders: %s', async (_, names) => {
    const scene = await openScene();
    const [stack] = scene.account.stacks;
    if (stack) scene.account.stacks = names.map((name) => ({ ...stack, name }));

    for (const command of ['tail', 'doctor']) {
      expect(await error(scene, [command])).toMatchObject({
        code: 'stack-ambiguous',
        message: expect.stringContaining(names.join(', ')),
        fix: expect.stringContaining('--stack'),
      });
    }
  });

  it('says that a command is unknown, which one may be meant and where to read on, without touching AWS', async ({
    scene,
  }) => {
    const result = await scene.ops(['repair']);

    expect(result.code).toBe(1);
    expect(result.stderr).toBe(
      "unknown command 'repair'\n(Did you mean replay?)\nRun npm run ops -- --help\n",
    );
  });
});
