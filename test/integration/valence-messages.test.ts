import { describe, expect, it } from 'vitest';
import { type Answer, scriptedServer } from '../support/scripted-server.ts';
import { clientOf } from '../support/valence-client.ts';

async function failureAt(answer: Answer) {
  await using server = await scriptedServer(() => answer);
  return (await clientOf(server.origin).failure()) as Error & { code: string; fix: string };
}

describe('F99 the error of a scan names', () => {
  it.each([
    ['a relative redirect', '/login'],
    ['a redirect to another port', 'http://127.0.0.1:1/login'],
  ])('the path of the profile at %s on the same host', async (_, location) => {
    expect(await failureAt({ status: 302, headers: { location } })).toMatchObject({
      code: 'source-status',
      fix: expect.stringContaining('"alerts.path"'),
    });
  });

  it('the address at a redirect to another host', async () => {
    const error = await failureAt({ status: 302, headers: { location: 'https://login.example/?a=secret' } });

    expect(error.message).toContain('login.example');
    expect(error.message).not.toContain('secret');
    expect(error.fix).toContain('VALENCE_BASE_URL');
  });

  it('the path of the profile at an HTML page with 200', async () => {
    const html = { headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html></html>' };

    expect(await failureAt(html)).toMatchObject({
      code: 'source-not-json',
      fix: expect.stringContaining('"alerts.path"'),
    });
  });

  it('the path of the profile at a 404', async () => {
    expect((await failureAt({ status: 404 })).fix).toContain('"alerts.path"');
  });

  it('the content encoding of a body that cannot be decoded', async () => {
    expect(await failureAt({ headers: { 'content-encoding': 'snappy' }, body: '(/zz' })).toMatchObject({
      code: 'source-undecodable',
      message: expect.stringContaining('content encoding snappy'),
    });
  });

  it.each([400, 413, 422])('the page size at a %i that names its parameter', async (status) => {
    const body = '{"message":"limit must not be larger than 50, got planted-value"}';
    const error = await failureAt({ status, body });

    expect(error.fix).toContain('"alerts.pageSize"');
    expect(`${error.message} ${error.fix}`).not.toContain('planted');
  });

  it('the way in which the key is sent at a 401, in addition to the key', async () => {
    const error = await failureAt({ status: 401 });

    expect(error.fix).toContain('Store the right key.');
    expect(error.fix).toContain('"auth"');
  });

  it('the key alone at a 403', async () => {
    expect((await failureAt({ status: 403 })).fix).toBe('Store the right key.');
  });
});
