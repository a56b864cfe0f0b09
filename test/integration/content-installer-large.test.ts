import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentItems } from '../../infra/datadog/content.ts';
import { datadogApi } from '../../lambda/content-installer/datadog-api.ts';
import { create } from '../../lambda/content-installer/install.ts';
import { linkBoards } from '../../lambda/content-installer/link-boards.ts';
import { withMark } from '../../lambda/content-installer/mark.ts';
import { axiosTransport } from '../../lambda/shared/axios-transport.ts';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import { type DatadogApi, startDatadogApi } from '../../tools/stand-ins/datadog/api.ts';
import { stubClock, stubKey } from '../support/outside-world.ts';

const KEYS = { apiKey: 'planted-api-key-51f0', appKey: 'planted-application-key-88ce' };
const OWNER = { name: '0a1b2c3d4e5f', formerNames: [] };

/** The size of a rule in a list. */
const RULE_BYTES = 6_600;

let datadog: DatadogApi;
let bytesRead: number;

beforeEach(async () => {
  bytesRead = 0;
  datadog = await startDatadogApi(KEYS);
  datadog.intercept = async (_, answer) => {
    const reply = await answer();
    if (reply !== 'reset' && typeof reply.body === 'string') bytesRead += reply.body.length;
    return reply;
  };
  for (let n = 0; n < 2000; n++) {
    const id = `def-000-${n}`;
    const message = 'x'.repeat(RULE_BYTES - 200);
    datadog.objects.rule.set(id, {
      id,
      name: `Default ${n}`,
      type: 'log_detection',
      message,
      tags: ['source:aws'],
    });
  }
  for (let n = 0; n < 500; n++) {
    const id = `abc-def-${n}`;
    const description = 'What a team looks at.'.repeat(10);
    datadog.objects.dashboard.set(id, { id, title: `Board ${n}`, description, layout_type: 'ordered' });
  }
});
afterEach(() => datadog.close());

function connected() {
  const clock = stubClock();
  return datadogApi({
    transport: axiosTransport(),
    apiKey: stubKey(KEYS.apiKey),
    appKey: stubKey(KEYS.appKey),
    origin: datadog.origin,
    clock,
    random: () => 0,
    deadline: deadlineIn(clock, 60_000),
  });
}

test('in an organisation of 2,000 rules and 500 dashboards an installation with its links reads a few megabytes', async () => {
  const items = contentItems();

  for (const item of items) {
    const installed = await create(connected(), item, OWNER);
    if (item.kind === 'dashboard' || item.kind === 'monitor') await linkBoards(connected(), item, installed);
  }

  expect(datadog.objects.rule.size).toBe(2000 + items.filter(({ kind }) => kind === 'rule').length);
  expect(bytesRead).toBeLessThan(7_000_000);
});

test('a leftover is found among them', async () => {
  const [rule] = contentItems([{ kind: 'rule' }]);
  if (!rule) throw new Error('There is no rule.');
  datadog.objects.rule.set('left-behind', { ...withMark(rule), id: 'left-behind' });

  expect(await create(connected(), rule, OWNER)).toEqual({ id: 'left-behind', outcome: 'adopted' });
});
