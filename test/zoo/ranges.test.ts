import { expect, it } from 'vitest';
import { RANGES } from '../../tools/stand-ins/valence/apis/ranges.ts';
import { diagnose } from './diagnose.ts';
import { testApis } from './test-apis.ts';

testApis(RANGES);

it.each([
  ['changed-range', 'update', 'update'],
  ['changed-field', 'update', undefined],
  ['unused-field', undefined, undefined],
])(
  'the doctor finds out by which time the ranges of the API %s filter, and stays with it',
  async (name, alerts, auditLogs) => {
    const api = RANGES.find((each) => each.name === name);
    if (!api) throw new Error('The zoo lacks this API.');
    const { profile } = await diagnose(api);
    const again = await diagnose({ ...api, documented: profile });

    const filterOf = (own: unknown) => (own as { timeFilter?: string } | undefined)?.timeFilter;
    expect([filterOf(profile['alerts']), filterOf(profile['auditLogs'])]).toEqual([alerts, auditLogs]);
    expect(again.profile).toEqual(profile);
    expect(again.findings.filter(({ level }) => level !== 'ok')).toEqual([]);
  },
);
