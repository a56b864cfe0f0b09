import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { BAD_REQUEST, json, NOT_FOUND, usual } from './answers.ts';
import type { ApiAnswer, ZooApi } from './api.ts';
import { LIST_PATHS, objectOf, openapiOf } from './descriptions.ts';
import type { ApiRequest } from './list-request.ts';

const TOKEN_LIFE_SECONDS = 120;

/** The token that a key is exchanged for at a time. */
const tokenOf = ({ key, now }: ApiRequest): string =>
  `token-${key.length}-${Math.floor(now / TOKEN_LIFE_SECONDS)}`;

const isFreshToken = (request: ApiRequest): boolean =>
  request.header('authorization') === `Bearer ${tokenOf(request)}`;

/** Exchanges a key for a token that lives until the end of its two minutes. */
const exchanged = (request: ApiRequest, key: unknown): ApiAnswer =>
  key === request.key
    ? json({
        access_token: tokenOf(request),
        token_type: 'Bearer',
        expires_in: TOKEN_LIFE_SECONDS - (request.now % TOKEN_LIFE_SECONDS),
      })
    : { status: 401, body: { error: 'invalid_client' } };

const isPost = ({ request }: ApiRequest, path: string) => request.method === 'POST' && request.path === path;

const exchange = (ways: object, more = {}) => ({
  auth: { exchange: { path: '/oauth/token', ...ways, tokenPath: 'access_token', ...more } },
});

/** APIs that want the key in another way. */
export const KEYS: readonly ZooApi[] = [
  {
    name: 'api-key-header',
    about: 'Takes the bare key in x-api-key.',
    isAllowed: (request) => request.header('x-api-key') === request.key,
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-refused-key' },
    profile: { auth: { header: 'x-api-key', scheme: null } },
  },
  {
    name: 'bare-authorization',
    about: 'Takes the bare key in Authorization.',
    isAllowed: (request) => request.header('authorization') === request.key,
    refusal: { status: 403, body: { message: 'Forbidden' } },
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-refused-key' },
    profile: { auth: { scheme: null } },
  },
  {
    name: 'token-scheme',
    about: 'Wants the scheme Token.',
    isAllowed: (request) => request.header('authorization') === `Token ${request.key}`,
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-refused-key' },
    profile: { auth: { scheme: 'Token' } },
  },
  {
    name: 'key-parameter',
    about: 'Takes the key as a parameter.',
    isAllowed: (request) => request.text('api_key') === request.key,
    refusal: { status: 403, body: { message: 'no' } },
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-refused-key' },
    profile: { auth: { query: 'api_key' } },
  },
  {
    name: 'unusual-header',
    about: 'Takes the key in a header of its own, which only its description names.',
    isAllowed: (request) => request.header('x-acme-credential') === request.key,
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-refused-key' },
    profile: { auth: { header: 'X-Acme-Credential', scheme: null } },
    openapi: openapiOf({
      security: { type: 'apiKey', in: 'header', name: 'X-Acme-Credential' },
      paths: LIST_PATHS,
      parameters: ['from', 'to', 'limit', 'cursor'],
    }),
  },
  {
    name: 'exchange-json',
    about: 'Exchanges the key for a token of two minutes, asked for in JSON.',
    elsewhere: (request) =>
      isPost(request, '/oauth/token') ? exchanged(request, request.json['api_key']) : NOT_FOUND,
    isAllowed: isFreshToken,
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-refused-key' },
    profile: exchange({ json: { api_key: '{key}' } }, { expiresInPath: 'expires_in' }),
    documented: exchange({ json: { api_key: '{key}' } }),
  },
  {
    name: 'exchange-form',
    about: 'Exchanges the key for a token as OAuth 2.0 does, by a form.',
    elsewhere: (request) =>
      isPost(request, '/oauth/token')
        ? exchanged(request, new URLSearchParams(request.request.body.toString()).get('client_secret'))
        : NOT_FOUND,
    isAllowed: isFreshToken,
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-refused-key' },
    profile: exchange({ form: { grant_type: 'client_credentials', client_secret: '{key}' } }),
    openapi: openapiOf({
      security: {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
      },
      paths: LIST_PATHS,
      parameters: ['from', 'to', 'limit', 'cursor'],
    }),
  },
  {
    name: 'exchange-described',
    about: 'Exchanges the key for a token at a path and with names that only its description has.',
    elsewhere: (request) => {
      if (!isPost(request, '/api/v1/auth/session')) return NOT_FOUND;
      const { clientSecret, kind } = request.json;
      const { status = 200, body } = exchanged(request, clientSecret);
      if (kind !== 'service' || status !== 200) return BAD_REQUEST;
      const { access_token: jwt, expires_in: expiresIn } = body as JsonObject;
      return json({ data: { jwt, expiresIn } });
    },
    isAllowed: isFreshToken,
    answer: (list) => json(usual(list)),
    withDefault: { code: 'source-refused-key' },
    profile: {
      auth: {
        exchange: {
          path: '/api/v1/auth/session',
          json: { kind: 'service', clientSecret: '{key}' },
          tokenPath: 'data.jwt',
          expiresInPath: 'data.expiresIn',
        },
      },
    },
    openapi: openapiOf({
      paths: LIST_PATHS,
      parameters: ['from', 'to', 'limit', 'cursor'],
      others: {
        '/api/v1/auth/session': {
          post: {
            summary: 'Open a session',
            security: [],
            requestBody: {
              content: {
                'application/json': {
                  schema: {
                    required: ['kind', 'clientSecret'],
                    ...objectOf({
                      kind: { type: 'string', enum: ['service', 'user'] },
                      clientSecret: { type: 'string' },
                    }),
                  },
                },
              },
            },
            responses: {
              200: {
                description: 'The session.',
                content: {
                  'application/json': {
                    schema: objectOf({
                      data: objectOf({ jwt: { type: 'string' }, expiresIn: { type: 'integer' } }),
                    }),
                  },
                },
              },
            },
          },
        },
      },
    }),
  },
  {
    name: 'needs-headers',
    about: 'Answers 400 without a header and a parameter of its own.',
    answer: (list) =>
      list.header('x-org') === 'acme' && list.text('v') === '2' ? json(usual(list)) : BAD_REQUEST,
    withDefault: { code: 'source-status' },
    profile: { headers: { 'X-Org': 'acme' }, params: { v: 2 } },
    documented: { headers: { 'X-Org': 'acme' }, params: { v: 2 } },
  },
  {
    name: 'needs-version',
    about: 'Answers 406 without the header of its version, which only its description names.',
    answer: (list) =>
      list.header('x-api-version') === '2026-01-01' ? json(usual(list)) : { status: 406, body: {} },
    withDefault: { code: 'source-status' },
    profile: { headers: { 'X-Api-Version': '2026-01-01' } },
    openapi: openapiOf({
      security: { type: 'http', scheme: 'bearer' },
      paths: LIST_PATHS,
      parameters: ['from', 'to', 'limit', 'cursor'],
      headers: { 'X-Api-Version': '2026-01-01' },
    }),
  },
];
