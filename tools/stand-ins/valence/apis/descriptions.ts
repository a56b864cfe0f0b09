import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { DEFAULT_PATHS } from './api.ts';
import type { ListKind } from './list-request.ts';

/** Descriptions of APIs in the form that their users download: OpenAPI 3. */

export const LIST_PATHS = DEFAULT_PATHS;

interface Described {
  /** A security scheme. */
  security?: JsonObject;
  paths: Readonly<Record<ListKind, string>>;
  /** Parameters of the query, by name or as OpenAPI has them. */
  parameters?: readonly (string | JsonObject)[];
  /** Headers that each request needs, with the one value that is allowed. */
  headers?: Readonly<Record<string, string>>;
  /** Makes it POST: the schema of the body. */
  body?: JsonObject;
  /** Further paths with their operations. */
  others?: JsonObject;
  /** The schema of an answer around the list of records. @default items and nextCursor */
  answer?: (records: JsonObject) => JsonObject;
}

const text = { type: 'string' };

export const objectOf = (properties: JsonObject): JsonObject => ({ type: 'object', properties });

const RECORDS: Record<ListKind, JsonObject> = {
  alerts: objectOf({ vuid: text, creationTimestamp: { type: 'integer' }, summaryLine: text }),
  'audit-logs': objectOf({ actor: text, action: text, timeEpoch: { type: 'integer' } }),
  'alert-types': objectOf({ vuid: text, name: text, severity: text }),
};

const NAMES: Record<ListKind, string> = {
  alerts: 'List alerts',
  'audit-logs': 'List audit logs',
  'alert-types': 'List alert types',
};

const usualAnswer = (records: JsonObject) =>
  objectOf({ items: { type: 'array', items: records }, nextCursor: { type: 'string', nullable: true } });

/** The description of an API, with an operation for something else in it. */
export function openapiOf(described: Described): JsonObject {
  const { security = { type: 'http', scheme: 'bearer' }, paths, parameters = [], headers = {} } = described;
  const { body, answer = usualAnswer, others = {} } = described;
  const operation = (kind: ListKind) => ({
    summary: NAMES[kind],
    parameters: [
      ...parameters.map((given) =>
        typeof given === 'string' ? { name: given, in: 'query', schema: text } : { in: 'query', ...given },
      ),
      ...Object.entries(headers).map(([name, value]) => ({
        name,
        in: 'header',
        required: true,
        schema: { type: 'string', enum: [value] },
      })),
    ],
    ...(body && { requestBody: { content: { 'application/json': { schema: body } } } }),
    responses: {
      200: {
        description: 'A page.',
        content: {
          'application/json': { schema: answer({ $ref: `#/components/schemas/${kind}` }) },
        },
      },
    },
  });
  const kinds = Object.keys(paths) as ListKind[];
  return {
    openapi: '3.0.3',
    info: { title: 'An API', version: '1' },
    security: [{ key: [] }],
    paths: {
      '/api/v1/users': { get: { summary: 'List users', responses: { 200: { description: 'Users.' } } } },
      ...others,
      ...Object.fromEntries(kinds.map((kind) => [paths[kind], { [body ? 'post' : 'get']: operation(kind) }])),
    },
    components: { securitySchemes: { key: security }, schemas: RECORDS },
  };
}
