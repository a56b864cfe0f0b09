import { expect, it } from 'vitest';
import { HOUR_SECONDS } from '../../lambda/limits.ts';
import { findApi } from '../../tools/stand-ins/valence/apis/apis.ts';
import { FAILING_ANSWERS } from '../../tools/stand-ins/valence/apis/failing-answers.ts';
import { usualRecords } from '../../tools/stand-ins/valence/apis/usual-records.ts';
import { NOW, stubClock } from '../support/outside-world.ts';
import { KEY, startFilledApi } from './filled-api.ts';
import { testApis } from './test-apis.ts';
import { forwarderOver } from './visit.ts';

testApis(FAILING_ANSWERS);

it('F108 a range that is busy for ever becomes a hole after a quarter of an hour, and the stream continues', async () => {
  const api = findApi('busy-for-ever');
  if (!api) throw new Error('The zoo lacks this API.');
  const clock = stubClock();
  await using server = await startFilledApi(api, {
    apiKey: KEY,
    wall: clock.wall,
    records: usualRecords(NOW),
  });
  const { sink, run } = forwarderOver(server.origin, {}, clock);
  const runs = [await run('audit-logs')];
  for (const minutes of [5, 15]) {
    await clock.sleep(minutes * 60_000);
    runs.push(await run('audit-logs'));
  }

  expect(runs.map(({ error }) => error)).toEqual([null, null, null]);
  // To divide it down to the second takes two runs.
  expect(runs.map(({ caughtUp }) => caughtUp)).toEqual([false, true, true]);
  expect(sink.accepted).toHaveLength(260);
  expect(runs.map(({ holes }) => holes.length)).toEqual([0, 0, 1]);
  const start = NOW - (NOW % 86_400) + 4 * HOUR_SECONDS;
  // A second of slack is asked for on each side.
  expect(runs[2]?.holes).toMatchObject([{ from: start - 2, to: start + 31, status: 503 }]);
});
