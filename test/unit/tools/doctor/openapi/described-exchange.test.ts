import { expect, it } from 'vitest';
import { describedExchanges } from '../../../../../tools/doctor/openapi/described-exchange.ts';
import { describedProfile } from '../../../../../tools/doctor/openapi/described-profile.ts';
import { readDescription } from '../../../../../tools/doctor/openapi/read-description.ts';

const text = { type: 'string' };

const content = (properties: object, more: object = {}, type = 'application/json') => ({
  content: { [type]: { schema: { type: 'object', properties, ...more } } },
});

const TOKEN = { access_token: text, expires_in: { type: 'integer' } };

const answering = (properties: object) => ({ 200: { description: 'A token.', ...content(properties) } });

const operation = (more: object) => ({
  summary: 'Get a token',
  security: [],
  requestBody: content({ apiKey: text }),
  responses: answering(TOKEN),
  ...more,
});

const documentOf = (paths: object, more: object = {}) => ({
  openapi: '3.0.3',
  info: { title: 'Valence', version: '2' },
  servers: [{ url: 'https://{tenant}.example.com/v2' }],
  paths,
  ...more,
});

const exchangesOf = async (document: object) =>
  describedExchanges(await readDescription({ ...documentOf({}), ...document }));

const EXCHANGE = {
  path: '/v2/auth/token',
  json: { apiKey: '{key}' },
  tokenPath: 'access_token',
  expiresInPath: 'expires_in',
};

it.each<[string, object, object]>([
  ['JSON', {}, EXCHANGE],
  [
    'a form, with the one value of another field',
    {
      requestBody: content(
        { client_secret: text, grant_type: { ...text, enum: ['client_credentials'] } },
        { required: ['grant_type'] },
        'application/x-www-form-urlencoded',
      ),
    },
    { ...EXCHANGE, json: undefined, form: { grant_type: 'client_credentials', client_secret: '{key}' } },
  ],
  [
    'a nested token whose life is in milliseconds',
    {
      responses: answering({
        result: {
          type: 'object',
          properties: { jwt: text, expiresIn: { type: 'integer', description: 'In milliseconds' } },
        },
      }),
    },
    { ...EXCHANGE, tokenPath: 'result.jwt', expiresInPath: null },
  ],
  [
    'another path at the same host',
    { servers: [{ url: 'https://{tenant}.example.com/identity' }] },
    { ...EXCHANGE, path: '/identity/auth/token' },
  ],
])('an exchange is described with %s', async (_, more, exchange) => {
  expect(await exchangesOf({ paths: { '/auth/token': { post: operation(more) } } })).toEqual([exchange]);
});

it('an exchange is described by a form in Swagger 2', async () => {
  const { form, ...rest } = { ...EXCHANGE, json: undefined, form: { 'api-key': '{key}' } };
  const document = {
    swagger: '2.0',
    info: { title: 'Valence', version: '1' },
    basePath: '/v2',
    paths: {
      '/auth/token': {
        post: {
          parameters: [{ name: 'api-key', in: 'formData', type: 'string', required: true }],
          responses: { 200: { description: 'ok', schema: { type: 'object', properties: TOKEN } } },
        },
      },
    },
  };

  expect(describedExchanges(await readDescription(document))).toEqual([{ ...rest, form }]);
});

it.each<[string, string, object]>([
  ['at another host', '/auth/token', { servers: [{ url: 'https://login.example.com/v2' }] }],
  ['with two credentials', '/auth/token', { requestBody: content({ apiKey: text, clientSecret: text }) }],
  ['without a credential', '/auth/token', { requestBody: content({ name: text }) }],
  [
    'that needs a value that is not known',
    '/auth/token',
    { requestBody: content({ clientId: text, clientSecret: text }, { required: ['clientId'] }) },
  ],
  ['without a token in its answer', '/auth/token', { responses: answering({ status: text }) }],
  ['that is about one record', '/users/{id}/token', {}],
  ['that revokes a token', '/auth/token/revoke', {}],
  ['that stores a token elsewhere', '/webhooks/auth', { requestBody: content({ token: text }) }],
  ['whose path a server may read as another', '/public-wall/token/..', {}],
  ['that says nothing of tokens', '/alerts/notes', { summary: 'Add a note' }],
])('no exchange is an operation %s', async (_, path, more) => {
  expect(await exchangesOf({ paths: { [path]: { post: operation(more) } } })).toEqual([]);
});

it('no exchange is asked for by another method than POST', async () => {
  expect(await exchangesOf({ paths: { '/auth/token': { get: operation({}) } } })).toEqual([]);
});

it('an operation that needs no other credential comes first', async () => {
  const found = await exchangesOf({
    paths: {
      '/auth/login': { post: operation({ security: [{ key: [] }] }) },
      '/auth/token': { post: operation({}) },
    },
  });

  expect(found.map(({ path }) => path)).toEqual(['/v2/auth/token', '/v2/auth/login']);
});

it('the token is sent as the lists want it, and as usual', async () => {
  const items = { type: 'array', items: { type: 'object', properties: { vuid: text } } };
  const { auths, overrides } = describedProfile(
    await readDescription(
      documentOf(
        {
          '/alerts': { get: { responses: answering({ items }) } },
          '/auth/token': { post: operation({}) },
        },
        {
          security: [{ key: [] }],
          components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Session' } } },
        },
      ),
    ),
  );

  expect(auths).toEqual([
    { header: 'X-Session', scheme: null, exchange: EXCHANGE },
    { header: 'Authorization', scheme: 'Bearer', exchange: EXCHANGE },
  ]);
  expect(overrides['alerts']).toMatchObject({ auth: { header: 'X-Session', scheme: null } });
});
