import { dereference } from '@readme/openapi-parser';
import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';
import { withoutEndSlashes } from '../../../lambda/shared/origin.ts';
import { ToolError } from '../../cli/tool-error.ts';

/** An API's own description in OpenAPI, all its references resolved. */

/** One operation of the API. */
export interface Operation {
  method: 'GET' | 'POST';
  /** Path below the origin. */
  path: string;
  /** Its parameters, those of its path included. */
  parameters: JsonObject[];
  /** The schema of a JSON body; undefined for none. */
  body: JsonObject | undefined;
  /** The schema of a body that is a form; undefined for none. */
  form: JsonObject | undefined;
  /** Its description names another host than that of the API. */
  isElsewhere: boolean;
  /** The schema of the answer; undefined when it is not described. */
  answer: JsonObject | undefined;
  /** Everything that names it: path, id, summary and tags. */
  text: string;
  /** Names of the security schemes of which one is enough. */
  security: string[];
}

export interface Description {
  operations: Operation[];
  /** Security schemes by name. */
  schemes: Readonly<Record<string, JsonObject>>;
}

const objects = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const objectAt = (value: unknown): JsonObject => (isObject(value) ? value : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The address that all paths of a document, or below one of its parts, begin with. */
function serverOf({ servers, basePath }: JsonObject): URL | undefined {
  const url = text(objects(servers)[0]?.['url']) || text(basePath);
  // Variables in a host name make no difference to the path.
  const plain = url.replace(/\{[^{}]*\}/g, 'x');
  return URL.canParse(plain, 'https://host') ? new URL(plain, 'https://host') : undefined;
}

/** The schema of a body of some media type in OpenAPI 3. */
function schemaOf({ content }: JsonObject, mediaType: RegExp): JsonObject | undefined {
  const types = objectAt(content);
  const type = Object.keys(types).find((name) => mediaType.test(name));
  const schema = type === undefined ? undefined : objectAt(types[type])['schema'];
  return isObject(schema) ? schema : undefined;
}

/** The schema of JSON, in OpenAPI 3 or Swagger 2. */
const jsonSchema = (holder: JsonObject): JsonObject | undefined =>
  schemaOf(holder, /json/i) ?? (isObject(holder['schema']) ? holder['schema'] : undefined);

function answerOf({ responses }: JsonObject): JsonObject | undefined {
  const all = objectAt(responses);
  const status = Object.keys(all).find((name) => /^2(\d\d|XX)$/i.test(name)) ?? 'default';
  return jsonSchema(objectAt(all[status]));
}

const namesOf = (security: unknown): string[] => objects(security).flatMap((each) => Object.keys(each));

function operationOf(
  document: JsonObject,
  [path, item]: [string, JsonObject],
  method: Operation['method'],
): Operation | undefined {
  const operation = item[method.toLowerCase()];
  if (!isObject(operation)) return undefined;
  const parameters = [...objects(item['parameters']), ...objects(operation['parameters'])];
  const request = objectAt(operation['requestBody']);
  // The nearest servers count.
  const nearest = [operation, item].find(({ servers }) => objects(servers).length > 0);
  const server = serverOf(nearest ?? document);
  const inBody = parameters.find((parameter) => parameter['in'] === 'body');
  return {
    method,
    path: withoutEndSlashes(server?.pathname ?? '') + path,
    parameters,
    form: schemaOf(request, /x-www-form-urlencoded/i),
    isElsewhere: server?.host !== serverOf(document)?.host,
    body: jsonSchema(request) ?? (inBody && jsonSchema(inBody)),
    answer: answerOf(operation),
    text: [path, operation['operationId'], operation['summary'], ...[operation['tags']].flat()]
      .map(text)
      .join(' '),
    security: namesOf(operation['security'] ?? document['security']),
  };
}

/**
 * What a document describes.
 * @param document OpenAPI 3 or Swagger 2, all references resolved
 */
export function descriptionOf(document: JsonObject): Description {
  const items = Object.entries(objectAt(document['paths'])).filter((entry): entry is [string, JsonObject] =>
    isObject(entry[1]),
  );
  const schemes = objectAt(
    objectAt(document['components'])['securitySchemes'] ?? document['securityDefinitions'],
  );
  return {
    operations: items.flatMap((item) =>
      (['GET', 'POST'] as const).flatMap((method) => operationOf(document, item, method) ?? []),
    ),
    schemes: Object.fromEntries(
      Object.entries(schemes).filter((entry): entry is [string, JsonObject] => isObject(entry[1])),
    ),
  };
}

/**
 * Resolves the references of a document, each once, so that a schema may be in several places and within itself. References to other
 * files and addresses are left alone.
 * @throws {ToolError} when it cannot be read
 */
export async function readDescription(file: string | JsonObject): Promise<Description> {
  const name = typeof file === 'string' ? file : 'the API description';
  try {
    const given = typeof file === 'string' ? file : structuredClone(file);
    const document: unknown = await dereference(given as Parameters<typeof dereference>[0], {
      resolve: { external: false },
    });
    if (isObject(document) && isObject(document['paths'])) return descriptionOf(document);
  } catch (error) {
    throw new ToolError(
      `${name} cannot be read as OpenAPI: ${error instanceof Error ? error.message : 'not known'}`,
    );
  }
  throw new ToolError(`${name} has no "paths", so it is no OpenAPI description.`);
}
