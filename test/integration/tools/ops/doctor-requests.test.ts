import { describe, expect, it } from 'vitest';
import { RESOURCES } from '../../../../tools/run-locally/resources.ts';
import { doctor, sceneWith, startCollector } from '../../../support/operator/foreign-settings.ts';
import { openScene } from '../../../support/operator/scene-test.ts';

/** What an invitation of an administrator might look like. */
const INVITATION = {
  alertTypes: null,
  alerts: {
    path: '/api/v1/users/invite',
    method: 'POST',
    pageSize: null,
    params: { 'user.email': 'mallory@example.com' },
    fromParam: null,
    toParam: null,
    pageSizeParam: null,
    pagination: { style: 'none' },
  },
};

describe('npm run ops -- doctor, about requests that the settings of the function determine', () => {
  it('shows them in place of sending them, also to an address that was named', async () => {
    await using collector = await startCollector();
    const origin = `https://${collector.authority}`;
    const scene = await sceneWith({
      VALENCE_BASE_URL: origin,
      COLLECT_AUDIT_LOGS: 'false',
      VALENCE_API_PROFILE: JSON.stringify(INVITATION),
    });

    const shown = (await doctor(scene, '--send-keys-to', origin))['valence'];

    const line = /--send-keys-to '(.*)'\. /.exec(shown?.fix ?? '')?.[1] ?? '';
    expect(shown).toMatchObject({ level: 'warn', message: expect.stringContaining(line) });
    expect(line).toContain(`POST ${origin}/api/v1/users/invite {`);
    expect(line).toContain('mallory@example.com');
    expect(line).not.toContain("'");
    expect(collector.received).toEqual([]);

    await doctor(scene, '--send-keys-to', line);
    expect(collector.received.length).toBeGreaterThan(0);
  });

  it('reads no secret that is none of the stack, until it is named', async () => {
    const scene = await sceneWith({ VALENCE_SECRET_ID: 'prod/other' });
    scene.aws.secretsManager.secrets.set('prod/other', 'another-key-of-the-company');

    const findings = await doctor(scene);
    const allowed = await doctor(scene, '--existing', 'prod/other');

    expect(findings['secrets.valence']).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('name the secret prod/other, which is no resource of the stack'),
      fix: expect.stringContaining('--existing prod/other.'),
    });
    expect(findings['valence.key']).toBeUndefined();
    expect(allowed['secrets.valence']).toMatchObject({ level: 'ok' });
  });
});

describe('npm run ops, about resources that the outputs name', () => {
  it.each([
    ['the function', 'FunctionName', 'payments', 'AWS::Lambda::Function'],
    [
      'the state machine',
      'BackfillStateMachine',
      'arn:aws:states:us-east-1:123456789012:stateMachine:Pay',
      'AWS::StepFunctions::StateMachine',
    ],
  ])('uses no foreign resource: %s', async (what, output, id, type) => {
    const scene = await openScene();
    const [stack] = scene.account.stacks;
    if (!stack) throw new Error('There is no stack.');
    stack.outputs = { ...stack.outputs, [output]: id };
    // A resource of another type can be called anything, and one that the stack failed to create belongs to another.
    stack.resources = { ...stack.resources, 'AWS::SSM::Parameter': id };
    stack.failed = { [type]: id };
    const range = ['--stream', 'alerts', '--from', '2026-01-01', '--to', '2026-01-02'];

    for (const args of [['backfill', ...range], ['doctor'], ['doctor', '--existing', id]]) {
      expect((await scene.ops([...args, '--json'])).json().error).toMatchObject({
        code: 'stack-foreign-resource',
        message: expect.stringContaining(`${what} ${id}`),
      });
    }
  });

  it.each([
    ['the table', 'AWS::DynamoDB::GlobalTable', RESOURCES.STATE_TABLE],
    ['the bucket', 'AWS::S3::Bucket', RESOURCES.QUARANTINE_BUCKET],
  ])('uses what existed before the stack once it is named: %s', async (what, type, id) => {
    const scene = await openScene();
    const [stack] = scene.account.stacks;
    if (!stack) throw new Error('There is no stack.');
    const { [type]: _, ...others } = stack.resources;
    stack.resources = others;

    const refused = await scene.ops(['replay', '--dry-run', '--json']);
    const allowed = await scene.ops(['replay', '--dry-run', '--json', '--existing', id]);

    expect(refused.json().error).toMatchObject({
      code: 'stack-foreign-resource',
      message: expect.stringContaining(`${what} ${id}`),
      fix: expect.stringContaining(`--existing ${id}.`),
    });
    expect(allowed.code).toBe(0);
  });
});
