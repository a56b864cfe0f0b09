import type { EndpointName } from '../../../lambda/settings/api-profile.ts';
import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';
import { isPlainName } from '../plain.ts';
import { KNOWN_FIELDS } from '../response-body.ts';

/** Finds places in the schemas of an API description. */

const MAX_DEPTH = 4;

const objectAt = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** The properties of a schema, those of its parts included. */
export function propertiesOf(schema: unknown, depth = 0): JsonObject {
  const { properties, allOf, oneOf, anyOf } = objectAt(schema);
  if (depth > MAX_DEPTH) return {};
  const parts = [allOf, oneOf, anyOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return Object.assign({}, ...parts.map((part) => propertiesOf(part, depth + 1)), objectAt(properties));
}

const isList = (schema: unknown): boolean =>
  [objectAt(schema)['type']].flat().includes('array') || isObject(objectAt(schema)['items']);

/** Every property within a schema, lists not entered, by dotted path. */
export function* placesIn(
  schema: unknown,
  path: string[] = [],
): Generator<[path: string, schema: JsonObject]> {
  if (path.length > MAX_DEPTH) return;
  for (const [name, inner] of Object.entries(propertiesOf(schema))) {
    if (!isPlainName(name) || name.includes('.') || !isObject(inner)) continue;
    yield [[...path, name].join('.'), inner];
    yield* placesIn(inner, [...path, name]);
  }
}

export interface DescribedList {
  itemsPath: string;
  itemPath: string | null;
  /** The properties of a record. */
  fields: JsonObject;
}

const known = (fields: JsonObject, endpoint: EndpointName): number =>
  KNOWN_FIELDS[endpoint].filter((name) => Object.hasOwn(fields, name)).length;

/** The list of records in the schema of an answer: the one whose records have most of the known fields. */
export function listIn(answer: JsonObject, endpoint: EndpointName): DescribedList | undefined {
  const lists: [string, JsonObject][] = isList(answer)
    ? [['', answer]]
    : [...placesIn(answer)].filter(([, schema]) => isList(schema));
  const places = lists.flatMap(([itemsPath, schema]): DescribedList[] => {
    const element = schema['items'];
    const inner = [...placesIn(element)].map(([itemPath, within]) => ({
      itemsPath,
      itemPath,
      fields: propertiesOf(within),
    }));
    return [{ itemsPath, itemPath: null, fields: propertiesOf(element) }, ...inner];
  });
  return places.sort((one, other) => known(other.fields, endpoint) - known(one.fields, endpoint))[0];
}
