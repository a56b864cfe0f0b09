import { describe, expect, it } from 'vitest';
import { FUNCTION_NAME, SCHEDULE_KEY, STACK } from '../../../support/operator/scene.ts';
import { openHealthyScene } from '../../../support/operator/scene-test.ts';

/** A stack with a second forwarder, and with a function and a schedule of something else. */
async function openSharedScene() {
  const scene = await openHealthyScene();
  const { account } = scene;
  const [stack] = account.stacks;
  const deployed = account.functions[FUNCTION_NAME];
  const [group = '', schedule = ''] = SCHEDULE_KEY.split('/');
  if (!stack || !deployed) throw new Error('The scene has no forwarder.');
  const own = { ...stack.outputs, AlarmPrefix: STACK, Schedule: schedule, ScheduleGroup: group };
  const north = {
    ...own,
    AlarmPrefix: `${STACK}-North`,
    FunctionName: 'north-function',
    Schedule: 'north-schedule',
    ScheduleGroup: 'north-group',
  };
  account.stacks[0] = {
    ...stack,
    outputs: {
      ...own,
      ...Object.fromEntries(Object.entries(north).map(([key, value]) => [`North${key}`, value])),
      OthersFunctionName: 'no-forwarder',
    },
    resources: {
      ...stack.resources,
      'AWS::Lambda::Function': ['no-forwarder', FUNCTION_NAME, 'north-function'],
      'AWS::Scheduler::Schedule': ['cleaning', schedule, 'north-schedule'],
      'AWS::Scheduler::ScheduleGroup': ['cleaners', group, 'north-group'],
    },
  };
  Object.assign(account.functions, { 'north-function': deployed });
  Object.assign(account.schedules, {
    'north-group/north-schedule': { expression: 'rate(1 hour)', state: 'ENABLED' },
  });
  return scene;
}

interface Finding {
  name: string;
  message: string;
}

describe('several forwarders in one stack', () => {
  it('are found by the prefixes of their outputs, and told apart', async () => {
    const scene = await openSharedScene();

    const { stacks } = (await scene.ops(['status', '--json'])).json();
    const ambiguous = await scene.ops(['doctor']);
    const unknown = await scene.ops(['doctor', '--stack', `${STACK}/South`]);

    expect(stacks.map(({ stack }: { stack: string }) => stack)).toEqual([STACK, `${STACK}/North`]);
    expect(ambiguous.stderr).toContain(`${STACK}, ${STACK}/North`);
    expect(unknown.stderr).toContain(`The stack ${STACK} has no forwarder South.`);
  });

  it('have a schedule and alarms of their own, also if the names of one begin with those of the other', async () => {
    const scene = await openSharedScene();
    scene.account.alarms.push(
      { name: `${STACK}-North-stopped`, description: 'North stopped.', isComposite: true },
      { name: `${STACK}-records`, description: 'Records are late.', isComposite: true },
    );
    const findingsOf = async (name: string): Promise<Finding[]> =>
      (await scene.ops(['doctor', '--stack', name, '--json'])).json().findings;
    const shown = (findings: Finding[]) =>
      findings
        .filter(({ name }) => /^(schedule$|alarms\.(?!topic))/.test(name))
        .map(({ name, message }) => [name, message]);

    expect(shown(await findingsOf(`${STACK}/North`))).toEqual([
      ['schedule', 'rate(1 hour), enabled'],
      ['alarms.stopped', 'North stopped.'],
    ]);
    expect(shown(await findingsOf(STACK))).toEqual([
      ['schedule', 'rate(5 minutes), enabled'],
      ['alarms.records', 'Records are late.'],
    ]);
  });
});
