import { describe, expect, it } from 'vitest';
import { byName, wrong } from '../../../support/operator/findings.ts';
import { STACK } from '../../../support/operator/scene.ts';
import { openHealthyScene } from '../../../support/operator/scene-test.ts';

describe('npm run ops -- doctor, about alarms', () => {
  it('reports the alarms of its own stack, and not those of one whose name begins with the same words', async () => {
    const scene = await openHealthyScene();
    const { account } = scene;
    account.stacks.push({ ...(account.stacks[0] as (typeof account.stacks)[0]), name: `${STACK}-europe` });
    account.alarms.push(
      { name: `${STACK}-stopped`, description: 'It stopped.', isComposite: true },
      { name: `${STACK}-errors`, description: 'Runs fail.', state: 'OK' },
      { name: `${STACK}-europe-stopped`, description: 'Another one stopped.', isComposite: true },
    );

    const { findings } = (await scene.ops(['doctor', '--stack', STACK, '--json'])).json();

    expect(wrong(findings)).toEqual(['alarms.stopped']);
  });

  it('reports an e-mail subscription that is not confirmed, and so does the status', async () => {
    const scene = await openHealthyScene();
    const topic = 'arn:aws:sns:us-east-1:123456789012:mails';
    scene.account.alarms.push({
      name: `${STACK}-stopped`,
      description: 'It stopped.',
      state: 'OK',
      actions: [topic],
    });
    scene.account.subscriptions = [{ topic, endpoint: 'soc@example.com', isConfirmed: false }];

    const { findings } = (await scene.ops(['doctor', '--json'])).json();
    const status = (await scene.ops(['status', '--json'])).json();

    expect(byName(findings)['alarms.topic.mails']).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('soc@example.com has not confirmed'),
    });
    expect(status.stacks[0].notifications).toEqual([
      expect.stringContaining('soc@example.com has not confirmed'),
    ]);
    expect((await scene.ops(['status'])).stdout).toContain('soc@example.com has not confirmed');
  });

  it('reports alarms that notify nobody, and a topic without a subscription', async () => {
    const scene = await openHealthyScene();
    const alarm = { name: `${STACK}-stopped`, description: 'It stopped.', state: 'OK' as const };
    scene.account.alarms.push({ ...alarm, actions: [] });
    const unset = (await scene.ops(['doctor', '--json'])).json();
    scene.account.alarms.splice(0, 1, { ...alarm, actions: ['arn:aws:sns:us-east-1:123456789012:empty'] });
    const empty = (await scene.ops(['doctor', '--json'])).json();

    expect(byName(unset.findings)['alarms.actions']).toMatchObject({ level: 'warn' });
    expect(byName(empty.findings)['alarms.topic.empty']).toMatchObject({ level: 'warn' });
  });
});
