import { describe, expect, it } from 'vitest';
import { apiProfileOverrides, resolveApiProfile } from '../../../../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../../../../lambda/shared/json.ts';
import { shellWord } from '../../../../../lambda/shared/shell.ts';
import { allowedDescription } from '../../../../../tools/doctor/openapi/allowed-description.ts';
import { describedProfile } from '../../../../../tools/doctor/openapi/described-profile.ts';
import { readDescription } from '../../../../../tools/doctor/openapi/read-description.ts';

const ORIGIN = 'https://valence.example.com';
const text = { type: 'string' };
const content = (schema: object) => ({ content: { 'application/json': { schema } } });
const ALERT = { type: 'object', properties: { vuid: text, creationTimestamp: { type: 'integer' } } };
const listed = (more: object = {}) => ({
  200: {
    description: 'A page.',
    ...content({ type: 'object', properties: { items: { type: 'array', items: ALERT }, ...more } }),
  },
});

const body = (properties: object) => ({
  requestBody: content({ type: 'object', required: Object.keys(properties), properties }),
});

const documentOf = (paths: object, more: object = {}) => ({
  openapi: '3.0.3',
  info: { title: 'Valence', version: '1' },
  paths,
  ...more,
});

async function allowed(document: object, named: readonly string[] = [], given: JsonObject = {}) {
  const described = describedProfile(await readDescription({ ...document }));
  return allowedDescription(described, {
    origin: ORIGIN,
    given,
    inForce: resolveApiProfile(apiProfileOverrides.parse(given)),
    endpoints: ['alerts', 'alertTypes', 'auditLogs'],
    named,
  });
}

const LIST = '/v1/security/alerts';
const post = (summary: string, properties: object = {}) => ({
  post: { summary, ...body(properties), responses: listed() },
});
const get = (more: object = {}) => ({ get: { summary: 'List alerts', responses: listed(), ...more } });
const query = (name: string, more: object) => ({ name, in: 'query', required: true, ...more });
const DEFAULT_ALERTS = resolveApiProfile({}).alerts;

const TOKEN = {
  post: {
    summary: 'Exchange the API key for a token',
    ...body({ apiKey: text }),
    responses: { 200: { description: 'ok', ...content({ type: 'object', properties: { token: text } }) } },
  },
};

describe('a description without asking', () => {
  it('has lists read by GET at its paths, with its names', async () => {
    const parameters = [
      query('createdAfter', { example: 1_700_000_000 }),
      query('createdBefore', {}),
      query('limit', { schema: { type: 'integer', default: 50 } }),
    ];
    const { start, unnamed } = await allowed(documentOf({ [LIST]: get({ parameters }) }));

    expect(unnamed).toEqual([]);
    expect(start.alerts).toMatchObject({ method: 'GET', path: LIST, fromParam: 'createdAfter' });
  });

  it('changes nothing in the requests that the operator set', async () => {
    const given = { method: 'POST', params: { scope: 'all' }, alerts: { path: '/own/alerts' } };
    const { start, unnamed } = await allowed(documentOf({ [LIST]: get() }), [], given);

    expect(unnamed).toEqual([]);
    expect(start.alerts).toEqual(resolveApiProfile(apiProfileOverrides.parse(given)).alerts);
  });
});

describe('a description has to be allowed by name', () => {
  it('when a number of its choice goes into a parameter that only ends like the size of a page', async () => {
    const sized = (name: string) =>
      allowed(
        documentOf({
          [LIST]: get({ parameters: [query(name, { schema: { type: 'integer', maximum: 37 } })] }),
        }),
      );
    const [odd, usual] = [await sized('purge[count]'), await sized('page_size')];

    expect(odd.unnamed).toEqual([expect.stringContaining('purge')]);
    expect(odd.start.alerts.pageSizeParam).toBe(DEFAULT_ALERTS.pageSizeParam);
    expect(usual.unnamed).toEqual([]);
    expect(usual.start.alerts).toMatchObject({ pageSizeParam: 'page_size', pageSize: 37 });
  });

  it.each<[string, object]>([
    ['a POST that says it searches', { [`${LIST}/search`]: post('Search alerts') }],
    [
      'a POST that resolves what matches a filter',
      {
        '/v1/alerts/bulk-resolve': post('Resolve all alerts that match the filter', {
          status: { type: 'string', enum: ['RESOLVED'] },
        }),
      },
    ],
    ['a POST that creates', { '/v1/alerts': post('Create alerts from findings') }],
    [
      'a value of a parameter',
      { [LIST]: get({ parameters: [query('role', { schema: { const: 'Admin' } })] }) },
    ],
    [
      'a value of a header',
      {
        [LIST]: get({
          parameters: [{ ...query('x-action', { schema: { const: 'delete' } }), in: 'header' }],
        }),
      },
    ],
    [
      'a text around a range',
      {
        [LIST]: get({
          parameters: [query('$filter', { example: 'drop ge 1700000000 and time le 1700003600' })],
        }),
      },
    ],
    ['links to other paths', { [LIST]: get({ responses: listed({ next: { ...text, format: 'uri' } }) }) }],
  ])('%s', async (_, paths) => {
    const document = documentOf(paths);
    const { start, unnamed, findings } = await allowed(document);
    const [line = ''] = unnamed;

    expect(unnamed).toHaveLength(1);
    expect(line).toMatch(/^(GET|POST) https:\/\/valence\.example\.com\/v1\//);
    expect(start.alerts).toEqual(DEFAULT_ALERTS);
    expect(findings.filter(({ name }) => name === 'openapi.alerts')).toEqual([
      expect.objectContaining({
        level: 'warn',
        message: expect.stringContaining(line),
        fix: expect.stringContaining(`--send-keys-to ${shellWord(line)}`),
      }),
    ]);
    const second = await allowed(document, unnamed);
    expect(second.unnamed).toEqual([]);
    expect(second.start.alerts).not.toEqual(DEFAULT_ALERTS);
  });

  it('a described path for a POST or a value of the operator', async () => {
    const { start, unnamed } = await allowed(documentOf({ [LIST]: get() }), [], { method: 'POST' });

    expect(unnamed).toEqual([expect.stringContaining(`POST ${ORIGIN}${LIST}`)]);
    expect(start.alerts.path).toBe(DEFAULT_ALERTS.path);
  });

  it('an exchange of the key', async () => {
    const document = documentOf({ [LIST]: get(), '/auth/token': TOKEN });
    const first = await allowed(document);

    expect(first.unnamed).toEqual([
      `POST ${ORIGIN}/auth/token {"json":{"apiKey":"{key}"},"tokenPath":"token","expiresInPath":null}`,
    ]);
    expect(first.auths).toEqual([]);
    expect(first.start.alerts.path).toBe(LIST);
    const second = await allowed(document, first.unnamed);
    expect(second.auths).toEqual([expect.objectContaining({ exchange: expect.anything() })]);
    expect(second.findings.map(({ name, level }) => `${name} ${level}`)).toContain('openapi.auth ok');
  });

  it('an exchange of a security scheme, apart from the list', async () => {
    const flows = { clientCredentials: { tokenUrl: 'https://elsewhere.example.com/token', scopes: {} } };
    const document = documentOf(
      { [LIST]: get() },
      { security: [{ key: [] }], components: { securitySchemes: { key: { type: 'oauth2', flows } } } },
    );
    const first = await allowed(document);

    expect(first.unnamed).toEqual([expect.stringMatching(`^POST ${ORIGIN}/token `)]);
    expect(first.start.alerts).toMatchObject({ path: LIST, auth: { exchange: null } });
    const second = await allowed(document, first.unnamed);
    expect(second.start.alerts.auth.exchange).toMatchObject({ path: '/token' });
  });
});

describe('a description is refused, by name or not', () => {
  it.each([
    '/users/42/role/alerts/..',
    '/users/42/role/alerts/%2e%2E',
    '/users/42/role/./alerts',
    '/users/42/role/..;/alerts',
    '/users//alerts',
    '/users\\..\\alerts',
    '/users/..%2falerts',
    '/users/.\t./alerts',
    '/users?path=/alerts',
    '/users#/alerts',
    'users/alerts',
  ])('at %j', async (path) => {
    const document = documentOf({ [path]: { ...get(), ...post('Search alerts') } });
    const { start, unnamed, findings } = await allowed(document, [
      `GET ${new URL(`${ORIGIN}${path}`).href}?from=0&to=10&limit=100`,
    ]);

    expect(unnamed).toEqual([]);
    expect(start.alerts).toEqual(DEFAULT_ALERTS);
    expect(findings.find(({ name }) => name === 'openapi.paths')?.message).toContain(`GET ${path}`);
  });

  it('where an exchange has such a path', async () => {
    const flows = { clientCredentials: { tokenUrl: '/users/token/..', scopes: {} } };
    const document = documentOf(
      { [LIST]: get(), '/users/token/..': TOKEN },
      { security: [{ key: [] }], components: { securitySchemes: { key: { type: 'oauth2', flows } } } },
    );
    const { auths, start, unnamed } = await allowed(document);

    expect({ auths, unnamed, exchange: start.alerts.auth.exchange }).toEqual({
      auths: [],
      unnamed: [],
      exchange: null,
    });
  });

  it.each(['/v1/alerts/', '/v1/{tenant}/users', "/v1/$metadata('a')"])('but not at %s', async (path) => {
    const { findings } = await allowed(documentOf({ [path]: get() }));

    expect(findings.map(({ name }) => name)).not.toContain('openapi.paths');
  });
});
