import type { EndpointName } from '../../../lambda/settings/api-profile.ts';
import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';
import { isPlainName } from '../plain.ts';
import { KNOWN_FIELDS } from '../response-body.ts';

/** Finds places in the schemas of an API description. */

const MAX_DEPTH = 4;

/** Schemas within a schema that are looked at. More are in none that is made for people. */
const MAX_PLACES = 2_000;

const objectAt = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** The properties of a schema, those of its parts included. @param seen parts that were read before: one may be a part of itself */
export function propertiesOf(schema: unknown, seen = new Set<unknown>()): JsonObject {
  if (seen.has(schema)) return {};
  seen.add(schema);
  const { properties, allOf, oneOf, anyOf } = objectAt(schema);
  const parts = [allOf, oneOf, anyOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return Object.assign({}, ...parts.map((part) => propertiesOf(part, seen)), objectAt(properties));
}

const isList = (schema: unknown): boolean =>
  [objectAt(schema)['type']].flat().includes('array') || isObject(objectAt(schema)['items']);

/** Every property within a schema, lists not entered, by dotted path; the nearest first. A schema may be within itself. */
export function* placesIn(schema: unknown): Generator<[path: string, schema: JsonObject]> {
  const open: { within: unknown; path: string[] }[] = [{ within: schema, path: [] }];
  for (const { within, path } of open) {
    if (path.length > MAX_DEPTH) return;
    for (const [name, inner] of Object.entries(propertiesOf(within))) {
      if (!isPlainName(name) || name.includes('.') || !isObject(inner)) continue;
      if (open.length > MAX_PLACES) return;
      open.push({ within: inner, path: [...path, name] });
      yield [[...path, name].join('.'), inner];
    }
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
