import { expect, it } from 'vitest';
import type { ZooApi } from '../../tools/stand-ins/valence/apis/api.ts';
import { CHANGED_TIMES } from '../../tools/stand-ins/valence/apis/changed-times.ts';
import { diagnose } from './diagnose.ts';
import { testApis } from './test-apis.ts';
import { visit } from './visit.ts';

testApis(CHANGED_TIMES);

const named = (name: string): ZooApi => {
  const api = CHANGED_TIMES.find((each) => each.name === name);
  if (!api) throw new Error('The zoo lacks this API.');
  return api;
};

it.each([
  ['changed-range', 'update', 'update'],
  ['changed-field', 'update', undefined],
  ['unused-field', undefined, undefined],
])(
  'the doctor finds out by which time the ranges of the API %s filter, and stays with it',
  async (name, alerts, auditLogs) => {
    const api = named(name);
    const { profile } = await diagnose(api);
    const again = await diagnose({ ...api, documented: profile });

    const filterOf = (own: unknown) => (own as { timeFilter?: string } | undefined)?.timeFilter;
    expect([filterOf(profile['alerts']), filterOf(profile['auditLogs'])]).toEqual([alerts, auditLogs]);
    expect(again.profile).toEqual(profile);
    expect(again.findings.filter(({ level }) => level !== 'ok')).toEqual([]);
  },
);

it('the doctor finds out by which time ranges filter that are answered with 404 when they are empty', async () => {
  const changed = named('changed-range');
  const api: ZooApi = {
    ...changed,
    answer(list) {
      const answer = changed.answer(list);
      const { items } = answer.body as { items: unknown[] };
      return list.kind !== 'alert-types' && items.length === 0 ? { status: 404, body: {} } : answer;
    },
  };
  const { profile } = await diagnose(api);

  expect(profile).toMatchObject({ emptyStatuses: [404], ...changed.profile });
  expect(await visit(api, profile)).toMatchObject({ errors: [], missing: 0, excess: 0 });
});
