import { describe, expect, it } from 'vitest';
import { checkValenceAccess } from '../../lambda/forwarder/valence/access-check.ts';
import { CredentialError, ForwarderError, SourceError } from '../../lambda/shared/errors.ts';
import { NOW } from '../support/outside-world.ts';
import { type Answer, json, reset, scriptedServer } from '../support/scripted-server.ts';
import { clientOf } from '../support/valence-client.ts';

const ALERT = { vuid: 'a-1' };
const PAGE = json({ items: [ALERT], nextCursor: null });

describe('keys', () => {
  const onlyWith =
    (key: string) =>
    ({ headers }: { headers: { authorization?: string } }): Answer =>
      headers.authorization === `Bearer ${key}` ? PAGE : { status: 401 };

  it('F35 a refused key is read again once and then stops the scan, naming the fix', async () => {
    await using server = await scriptedServer(() => ({ status: 403 }));
    const client = clientOf(server.origin);
    const error = await client.failure();
    expect(error).toBeInstanceOf(CredentialError);
    expect(error).toMatchObject({ code: 'source-refused-key', fix: 'Store the right key.' });
    expect(client.apiKey.renewals).toEqual(['valence-key']);
    expect(server.requests).toHaveLength(1);
  });

  it('F35 two new keys in a row that are refused do not loop', async () => {
    await using server = await scriptedServer(() => ({ status: 401 }));
    const client = clientOf(server.origin, {}, ['old', 'new', 'newer', 'newest']);
    expect(await client.failure()).toBeInstanceOf(CredentialError);
    expect(server.requests).toHaveLength(2);
  });

  it('F36 a key rotated between runs is taken up without an error', async () => {
    await using server = await scriptedServer(onlyWith('new'));
    const client = clientOf(server.origin, {}, ['old', 'new']);
    expect(await client.records()).toEqual([ALERT]);
    expect(client.clock.slept).toEqual([]);
  });

  it('F36 after a key is rotated between two pages, the scan continues with the next page', async () => {
    await using server = await scriptedServer(({ headers, query }) =>
      query.has('cursor')
        ? onlyWith('new')({ headers })
        : json({ items: [{ vuid: 'a-0' }], nextCursor: 'x' }),
    );
    const client = clientOf(server.origin, {}, ['old', 'new']);
    expect(await client.records()).toEqual([{ vuid: 'a-0' }, ALERT]);
  });

  it('no error and no message ever holds a key, a query or a record', async () => {
    const planted = ['planted-key-1', 'planted-key-2'];
    const secret = 'planted-record';
    const answers: Answer[] = [
      { status: 401 },
      { status: 500, body: secret },
      { status: 404, body: secret },
      { status: 302, headers: { location: `https://elsewhere.example/?${secret}` } },
      { body: `<html>${secret}` },
      { body: `{"items":"${secret}"}` },
      { body: `{"${secret} x":1}` },
      { body: `{"items":["${secret}","${secret}"]}` },
      { body: `{"items":[{"vuid":"${secret}"}],"nextCursor":{"${secret}":1}}` },
      { body: `{"items":[{"vuid":"${secret}"}],"nextCursor":"${secret}"}` },
      reset((response) => response.writeHead(200).write(secret)),
    ];
    for (const answer of answers) {
      await using server = await scriptedServer(() => answer);
      const client = clientOf(server.origin, { alerts: { pageSize: 1 } }, planted);
      const error = (await client.failure()) as ForwarderError;
      expect(error).toBeInstanceOf(ForwarderError);
      const output = [
        error.message,
        error.fix,
        error.stack,
        JSON.stringify(error),
        client.telemetry.text(),
      ].join();
      expect(error.cause).toBeUndefined();
      expect(output).not.toContain('planted');
      expect(output).not.toContain('1766996399');
    }
  });
});

describe('the access check', () => {
  it('asks for one second and reads one page', async () => {
    await using server = await scriptedServer(() => json({ items: [ALERT], nextCursor: 'x' }));
    const { source, clock, call } = clientOf(server.origin);
    expect(await checkValenceAccess(source, 'alerts', clock, 120, call())).toMatchObject({
      records: [ALERT],
    });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.query.get('from')).toBe(String(NOW - 122));
  });

  it('fails as a scan does', async () => {
    await using server = await scriptedServer(() => json({}));
    const { source, clock, call } = clientOf(server.origin);
    await expect(checkValenceAccess(source, 'alerts', clock, 120, call())).rejects.toBeInstanceOf(
      SourceError,
    );
  });
});
