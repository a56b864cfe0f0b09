import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { it } from '../../../support/operator/scene-test.ts';

const VALUE = 'ada@example.com';

it('prints the hash that logs show in place of a value', async ({ scene }) => {
  const secret = await scene.secret();

  const { code, stdout } = await scene.ops(['hash', VALUE]);
  const json = await scene.ops(['hash', VALUE, '--json']);

  const expected = createHmac('sha256', secret).update(`value\0${VALUE}`).digest('hex');
  expect(code).toBe(0);
  expect(stdout.trim()).toBe(expected);
  expect(JSON.parse(json.stdout)).toMatchObject({ hash: expected });
});

it('says that there is no hash yet while the table has no secret, and creates none', async ({ scene }) => {
  const first = await scene.ops(['hash', VALUE]);
  const second = await scene.ops(['hash', VALUE]);

  for (const { code, stderr } of [first, second]) {
    expect(code).toBe(1);
    expect(stderr).toContain('has no secret yet');
    expect(stderr).not.toContain(VALUE);
  }
});
