import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServedPreview, servePreview } from '../../../../tools/preview/serve.ts';

let preview: ServedPreview;
beforeAll(async () => {
  preview = await servePreview({ logs: [], origin: 'nothing', isSample: false });
});
afterAll(() => preview.close());

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** Unlike fetch, it sends any `Host`. */
const ask = (path: string, { method = 'GET', headers = {} } = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const { hostname, port } = new URL(preview.address);
    request({ hostname, port, path, method, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({
        status: response.statusCode,
        headers: response.headers,
        body: Buffer.concat(chunks).toString(),
      });
    })
      .on('error', reject)
      .end();
  });

const page = () => new URL(preview.address).pathname;

const FILES = ['', 'page.js', 'page.css', 'icon.svg', 'world.json'];

it('serves the page below an address that only its user knows', async () => {
  const statuses = await Promise.all(FILES.map(async (file) => (await ask(`${page()}${file}`)).status));
  expect(statuses).toEqual(FILES.map(() => 200));
  expect(page()).toMatch(/^\/[0-9a-f]{32}\/$/);
});

it.each(['/', '/page.js', '/api/board?key=overview', `/${'0'.repeat(32)}/`, `/${'0'.repeat(32)}/api/boards`])(
  'answers nothing without the token: %s',
  async (path) => {
    const { status, body } = await ask(path);
    expect(status).toBe(404);
    expect(body).not.toContain('Valence');
  },
);

it.each([{ host: 'attacker.example' }, { origin: 'https://attacker.example' }])(
  'refuses what a foreign web page sends: %o',
  async (headers) => {
    for (const path of ['', 'api/boards', 'api/board?key=overview']) {
      expect((await ask(`${page()}${path}`, { headers })).status).toBe(403);
    }
  },
);

it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('answers no %s', async (method) => {
  expect((await ask(`${page()}api/boards`, { method })).status).toBe(405);
});

it.each(['nothing', '../package.json', '..%2f..%2fpackage.json', 'api/nothing', 'api/', 'api'])(
  'there is no file but those of the page: %s',
  async (path) => {
    expect((await ask(`${page()}${path}`)).status).toBe(404);
  },
);

it('every answer forbids inline scripts, foreign ones, frames and requests to others', async () => {
  const paths = [...FILES, 'api/boards', 'api/board?key=nothing', 'nothing'].map(
    (file) => `${page()}${file}`,
  );
  for (const path of [...paths, '/']) {
    const { headers } = await ask(path);
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  }
});

it('the page has no inline script, and names no other origin', async () => {
  const { body } = await ask(page());
  expect(body.match(/<script[^>]*>[^<]/)).toBeNull();
  expect(body.match(/\son\w+=/)).toBeNull();
  expect(body.match(/(src|href)="(https?:)?\/\//)).toBeNull();
  expect((await ask(`${page()}page.css`)).body.match(/@import|url\(/)).toBeNull();
});

it.each([
  ['api/board', 'There is no board "".'],
  ['api/board?key=__proto__', 'There is no board "__proto__".'],
  ['api/board?key=overview&from=soon', '"from" must be a time in epoch milliseconds.'],
  ['api/board?key=overview&from=2&to=1', '"from" must be before "to".'],
  ['api/board?key=overview&var.colour=red', 'The board has no variable "colour".'],
])('says what is wrong with a question: %s', async (path, error) => {
  const { status, body } = await ask(`${page()}${path}`);
  expect(status).toBe(400);
  expect(JSON.parse(body)).toEqual({ error });
});
