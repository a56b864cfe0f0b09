import { describe, expect, it } from 'vitest';
import { describedProfile, startingProfile } from '../../../../../tools/doctor/openapi/described-profile.ts';
import { readDescription } from '../../../../../tools/doctor/openapi/read-description.ts';

const listOf = (properties: object, more: object = {}) => ({
  200: {
    description: 'A page.',
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: { results: { type: 'array', items: { type: 'object', properties } }, ...more },
        },
      },
    },
  },
});

const query = (name: string, schema: object = { type: 'string' }, more: object = {}) => ({
  name,
  in: 'query',
  schema,
  ...more,
});

const ALERT = { vuid: { type: 'string' }, creationTimestamp: { type: 'integer' } };
const AUDIT_LOG = { actor: { type: 'string' }, action: { type: 'string' }, timeEpoch: { type: 'integer' } };

const documentOf = (paths: object, more: object = {}) => ({
  openapi: '3.0.3',
  info: { title: 'Valence', version: '2' },
  paths,
  ...more,
});

const described = async (document: object) => describedProfile(await readDescription({ ...document }));

describe('the profile that a description speaks for', () => {
  it('has path, range, unit, page size, cursor and list of the operation', async () => {
    const { overrides } = await described(
      documentOf(
        {
          '/security-alerts': {
            get: {
              summary: 'List alerts',
              parameters: [
                query('createdAfter', { type: 'string', format: 'date-time' }),
                query('createdBefore', { type: 'string', format: 'date-time' }),
                query('per_page', { type: 'integer', maximum: 60 }),
                query('page_token'),
              ],
              responses: listOf(ALERT, { next_page_token: { type: 'string' } }),
            },
          },
        },
        { servers: [{ url: 'https://{tenant}.example.com/public/v2/' }] },
      ),
    );

    expect(overrides).toEqual({
      alerts: {
        path: '/public/v2/security-alerts',
        itemsPath: 'results',
        itemPath: null,
        fromParam: 'createdAfter',
        toParam: 'createdBefore',
        timeUnit: 'iso',
        pageSizeParam: 'per_page',
        pageSize: 60,
        pagination: { cursorParam: 'page_token', nextCursorPath: 'next_page_token' },
      },
    });
  });

  it.each([
    ['the magnitude of its example', { type: 'integer', example: 1_700_000_000_000 }, {}, 'ms'],
    ['an example of a date', { type: 'string' }, { example: '2026-01-01T00:00:00Z' }, 'iso-seconds'],
    ['its description', { type: 'integer' }, { description: 'Microseconds since 1970' }, 'us'],
  ])('has the time unit by %s', async (_, schema, more, timeUnit) => {
    const { overrides } = await described(
      documentOf({
        '/audit': {
          get: { parameters: [query('since', schema, more), query('until')], responses: listOf(AUDIT_LOG) },
        },
      }),
    );

    expect(overrides['auditLogs']).toMatchObject({ fromParam: 'since', toParam: 'until', timeUnit });
  });

  it.each<[string, object, object]>([
    ['a bearer token', { type: 'http', scheme: 'bearer' }, {}],
    ['a header', { type: 'apiKey', in: 'header', name: 'X-Key' }, { header: 'X-Key', scheme: null }],
    ['a parameter', { type: 'apiKey', in: 'query', name: 'k' }, { query: 'k' }],
    [
      'an exchange, at the origin that is set',
      {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: 'https://elsewhere.example.com/token', scopes: {} } },
      },
      {
        exchange: {
          path: '/token',
          form: { grant_type: 'client_credentials', client_secret: '{key}' },
          tokenPath: 'access_token',
          expiresInPath: 'expires_in',
        },
      },
    ],
  ])('sends the key by %s', async (_, scheme, auth) => {
    const { overrides } = await described(
      documentOf(
        { '/alerts': { get: { responses: listOf(ALERT) } } },
        { security: [{ key: [] }], components: { securitySchemes: { key: scheme } } },
      ),
    );

    expect(overrides['alerts']).toMatchObject({ auth });
  });

  it('F34 sends no header that names another server or begins another header, whatever is required', async () => {
    const header = (name: string, value: string) => ({
      name,
      in: 'header',
      required: true,
      schema: { type: 'string', enum: [value] },
    });
    const parameters = [
      header('Host', 'attacker.example.net'),
      header('Transfer-Encoding', 'chunked'),
      header('X-Break', 'a\r\nHost: attacker.example.net'),
      header('X-Tenant', 'main'),
    ];
    const schemes = {
      host: { type: 'apiKey', in: 'header', name: 'host' },
      word: { type: 'http', scheme: 'Token\r\nX:' },
      key: { type: 'apiKey', in: 'header', name: 'X-Key' },
    };
    const { overrides } = await described(
      documentOf(
        { '/alerts': { get: { parameters, responses: listOf(ALERT) } } },
        {
          security: [{ host: [] }, { word: [] }, { key: [] }],
          components: { securitySchemes: schemes },
        },
      ),
    );

    expect(overrides['alerts']).toMatchObject({
      headers: { 'X-Tenant': 'main' },
      auth: { header: 'X-Key', scheme: null },
    });
    expect(Object.keys((overrides['alerts'] as { headers: object }).headers)).toEqual(['X-Tenant']);
  });

  it('uses POST where there is no GET; its words do not say whether it reads', async () => {
    const body = {
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              range: { type: 'object', properties: { from: { type: 'integer' }, to: { type: 'integer' } } },
            },
          },
        },
      },
    };
    const { overrides } = await described(
      documentOf({
        '/alerts': {
          post: { operationId: 'searchAlerts', requestBody: body, responses: listOf(ALERT) },
          get: { responses: listOf(ALERT) },
        },
        '/audit-logs/search': {
          post: { operationId: 'searchAuditLogs', requestBody: body, responses: listOf(AUDIT_LOG) },
        },
      }),
    );

    expect(overrides['alerts']).not.toHaveProperty('method');
    expect(overrides['auditLogs']).toMatchObject({
      method: 'POST',
      fromParam: 'range.from',
      toParam: 'range.to',
    });
  });

  it('chooses neither one record nor the types as the list of alerts', async () => {
    const { overrides } = await described(
      documentOf({
        '/alerts/{id}': { get: { responses: listOf(ALERT) } },
        '/alerts/types': {
          get: { summary: 'List alert types', responses: listOf({ vuid: {}, severity: {} }) },
        },
      }),
    );

    expect(Object.keys(overrides)).toEqual(['alertTypes']);
  });

  it('reads Swagger 2 with its base path and references', async () => {
    const { overrides } = await described({
      swagger: '2.0',
      info: { title: 'Valence', version: '1' },
      basePath: '/v3',
      paths: {
        '/alerts': {
          get: {
            parameters: [
              { name: 'from', in: 'query', type: 'integer' },
              { name: 'to', in: 'query', type: 'integer' },
              { name: 'offset', in: 'query', type: 'integer' },
            ],
            responses: {
              200: { description: 'ok', schema: { type: 'array', items: { $ref: '#/definitions/Alert' } } },
            },
          },
        },
      },
      definitions: { Alert: { type: 'object', properties: ALERT } },
    });

    expect(overrides['alerts']).toEqual({
      path: '/v3/alerts',
      itemsPath: '',
      itemPath: null,
      fromParam: 'from',
      toParam: 'to',
      pagination: { style: 'offset', offsetParam: 'offset' },
    });
  });

  it('gives way to what the user has set', async () => {
    const profile = await described(
      documentOf({ '/alerts': { get: { parameters: [query('since')], responses: listOf(ALERT) } } }),
    );

    const { alerts, auditLogs } = startingProfile(profile, {
      fromParam: 'mine',
      alerts: { path: '/my/alerts' },
    });

    expect(alerts).toMatchObject({ path: '/my/alerts', fromParam: 'mine', itemsPath: 'results' });
    expect(auditLogs).toMatchObject({ fromParam: 'mine', itemsPath: 'items' });
  });

  it('asks no other host for a part of the description', async () => {
    const { overrides } = await described(
      documentOf({
        '/alerts': {
          get: { responses: { 200: { $ref: 'http://127.0.0.1:9/elsewhere.json#/responses/ok' } } },
        },
      }),
    );

    expect(overrides).toEqual({});
  });

  it('says that a document is no description', async () => {
    await expect(readDescription({ hello: 'world' })).rejects.toThrow(/OpenAPI/);
  });
});

describe('a description that takes for ever to write out', () => {
  const schema = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const profileOf = (schemas: object) =>
    described(
      documentOf(
        { '/alerts': { get: { summary: 'List alerts', responses: listOf(ALERT, { more: schema('S0') }) } } },
        { components: { schemas } },
      ),
    );

  it('is read: each of 24 schemas twice within the next', async () => {
    const schemas = Array.from({ length: 24 }, (_, index) => [
      `S${index}`,
      index === 23
        ? { type: 'string' }
        : { properties: { a: schema(`S${index + 1}`), b: schema(`S${index + 1}`) } },
    ]);
    const { overrides } = await profileOf(Object.fromEntries(schemas));
    expect(overrides).toMatchObject({ alerts: { itemsPath: 'results' } });
  });

  it.each(['properties', 'allOf'])('is read: a schema a hundred times within itself, as %s', async (part) => {
    const names = Array.from({ length: 100 }, (_, index) => `p${index}`);
    const itself = names.map((name) => [name, schema('S0')] as const);
    const within = part === 'allOf' ? itself.map(([, inner]) => inner) : Object.fromEntries(itself);
    const { overrides } = await profileOf({ S0: { [part]: within } });
    expect(overrides).toMatchObject({ alerts: { itemsPath: 'results' } });
  });
});
