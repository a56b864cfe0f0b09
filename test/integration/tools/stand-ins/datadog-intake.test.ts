import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { type DatadogIntake, startDatadogIntake } from '../../../../tools/stand-ins/datadog/intake.ts';
import type { Reply } from '../../../../tools/stand-ins/http-server.ts';

const KEY = 'datadog-key';
const NOW = 1_767_000_000;

let intake: DatadogIntake;
beforeEach(async () => {
  intake = await startDatadogIntake({ apiKey: KEY, now: () => NOW * 1000 });
});
afterEach(() => intake.close());

const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(`${intake.origin}/api/v2/logs`, {
    method: 'POST',
    headers: { 'dd-api-key': KEY, 'content-type': 'application/json', ...headers },
    body,
  });
const postLogs = (...logs: JsonObject[]) => post(JSON.stringify(logs));

describe('the Datadog intake stand-in', () => {
  it('takes logs in gzip, deflate and as they are', async () => {
    const body = JSON.stringify([{ message: 'hello' }]);

    const answers = [
      await post(gzipSync(body), { 'content-encoding': 'gzip' }),
      await post(deflateSync(body), { 'content-encoding': 'deflate' }),
      await post(body),
    ];

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await answers[0]?.json()).toEqual({});
    expect(intake.logs).toEqual(Array(3).fill({ message: 'hello' }));
    expect(intake).toMatchObject({ accepted: 3, batches: 3, bytes: 3 * body.length });
  });

  it('refuses a missing and a wrong key, on the intake and on the key check', async () => {
    const check = (key: string) =>
      fetch(`${intake.origin}/api/v1/validate`, { headers: { 'dd-api-key': key } });

    expect((await post('[]', { 'dd-api-key': 'wrong' })).status).toBe(403);
    expect((await fetch(`${intake.origin}/api/v2/logs`, { method: 'POST', body: '[]' })).status).toBe(401);
    expect((await check('wrong')).status).toBe(403);
    expect((await check(KEY)).status).toBe(200);
  });

  it('refuses what is no JSON, no known type and no known encoding', async () => {
    expect((await post('{broken')).status).toBe(400);
    expect((await post('["text"]')).status).toBe(400);
    expect((await post('not gzip', { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post('[]', { 'content-type': 'text/csv' })).status).toBe(415);
    expect((await post('[]', { 'content-encoding': 'zstd' })).status).toBe(415);
    expect(intake.accepted).toBe(0);
  });

  it('F52 takes 5 MB and 1000 logs, and refuses one byte or one log more', async () => {
    const ofBytes = (bytes: number) =>
      JSON.stringify([{ message: 'x'.repeat(bytes - '[{"message":""}]'.length) }]);
    const ofLogs = (count: number) => JSON.stringify(Array(count).fill({ message: 'x' }));

    expect((await post(gzipSync(ofBytes(5_000_000)), { 'content-encoding': 'gzip' })).status).toBe(202);
    expect((await post(gzipSync(ofBytes(5_000_001)), { 'content-encoding': 'gzip' })).status).toBe(413);
    expect((await post(ofLogs(1000))).status).toBe(202);
    expect((await post(ofLogs(1001))).status).toBe(413);
  });

  it('counts what Datadog would drop or cut in silence', async () => {
    const audit = (timeEpoch: number) => ({ ddsource: 'valence-security', timeEpoch });
    const hours = 3600;

    const answer = await postLogs(
      audit(NOW - 18 * hours - 1),
      audit(NOW + 2 * hours + 1),
      { ddsource: 'valence-security', alert: { creationTimestamp: NOW - 20 * hours } },
      { timestamp: new Date((NOW - 19 * hours) * 1000).toISOString() },
      { message: 'x'.repeat(1_000_000) },
      Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`key${index}`, 1])),
      { ['k'.repeat(50)]: 1 },
      Array.from({ length: 11 }).reduce<JsonObject>((inner) => ({ inner }), {}),
    );

    expect(answer.status).toBe(202);
    expect(intake.drops).toEqual({
      outdated: 3,
      predated: 1,
      tooLarge: 1,
      tooManyAttributes: 1,
      keyTooLong: 1,
      tooDeep: 1,
    });
  });

  it('finds nothing wrong with a log that Datadog keeps whole', async () => {
    await postLogs(
      { ddsource: 'valence-security', timeEpoch: NOW - 17 * 3600, message: 'x'.repeat(900_000) },
      Object.fromEntries(Array.from({ length: 256 }, (_, index) => [`key${index}`, 1])),
    );

    expect(Object.values(intake.drops)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('only counts when no log is to be kept', async () => {
    const seen: JsonObject[] = [];
    await intake.close();
    intake = await startDatadogIntake({ apiKey: KEY, keep: 'counts', onLog: (log) => seen.push(log) });

    await postLogs({ message: 'a' }, { message: 'b' });

    expect(intake.accepted).toBe(2);
    expect(intake.logs).toEqual([]);
    expect(seen).toHaveLength(2);
  });

  it('F48 can take logs and lose the answer', async () => {
    intake.intercept = async (_, answer): Promise<Reply> => {
      await answer();
      return 'reset';
    };

    await expect(postLogs({ message: 'a' })).rejects.toThrow();

    expect(intake.accepted).toBe(1);
  });
});
