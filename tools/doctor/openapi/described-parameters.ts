import type { EndpointProfile } from '../../../lambda/settings/api-profile.ts';
import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';
import type { Operation } from './read-description.ts';
import { placesIn } from './schema.ts';

/** What the parameters of an operation are for, by their names, formats and examples. */

/** One parameter: of the query, or with POST a field of the body with dots between the levels. */
export interface Parameter {
  name: string;
  /** The last part of the name. */
  leaf: string;
  isRequired: boolean;
  schema: JsonObject;
  description: string;
  /** A value that the description gives. */
  example: unknown;
}

const objectAt = (value: unknown): JsonObject => (isObject(value) ? value : {});

const leafOf = (name: string): string => name.replace(/\]$/, '').split(/[.[]/).at(-1) ?? name;

function parameterOf(name: string, holder: JsonObject, schema: JsonObject, isRequired: boolean): Parameter {
  const examples = Object.values(objectAt(holder['examples'])).map((each) => objectAt(each)['value']);
  return {
    name,
    leaf: leafOf(name),
    isRequired,
    schema,
    description: `${holder['description'] ?? ''} ${schema['description'] ?? ''}`,
    example: holder['example'] ?? examples[0] ?? schema['example'] ?? [schema['examples']].flat()[0],
  };
}

/** Parameters at a place: `query`, `header`, or `formData` in Swagger 2. */
export const parametersIn = ({ parameters }: Operation, place: string): Parameter[] =>
  parameters
    .filter((given) => given['in'] === place && typeof given['name'] === 'string')
    .map((given) =>
      // Swagger 2 has the schema in the parameter itself.
      parameterOf(
        String(given['name']),
        given,
        { ...given, ...objectAt(given['schema']) },
        given['required'] === true,
      ),
    );

/** The fields of a body, with dots between the levels. */
export const bodyParameters = (body: JsonObject): Parameter[] =>
  [...placesIn(body)]
    .filter(([, schema]) => !isObject(schema['properties']))
    .map(([name, schema]) => parameterOf(name, schema, schema, isRequiredIn(body, name)));

/** The parameters that carry range, page and cursor. */
export const parametersOf = (operation: Operation): Parameter[] =>
  operation.body ? bodyParameters(operation.body) : parametersIn(operation, 'query');

export const headersOf = (operation: Operation): Parameter[] => parametersIn(operation, 'header');

function isRequiredIn(body: unknown, name: string): boolean {
  const { required } = objectAt(body);
  return Array.isArray(required) && required.includes(name);
}

const LOWER =
  /^(from|since|start|after|gte?|begin|min)$|^(from|since|start|begin)[-_A-Z]|[-_](after|from|since|start|gte?)$|(After|From|Since|Start)$/;
const UPPER =
  /^(to|until|end|before|lte?|till|max)$|^(to|until|end)[-_A-Z]|[-_](before|until|to|end|lte?)$|(Before|Until|To|End)$/;
const SIZE = /^(limit|page_?size|per_?page|size|count|\$?top|max_?results|take)$/i;
const CURSOR = /cursor|page_?token|next_?token|continuation|^starting_?after$|scroll|^token$|^marker$/i;
const OFFSET = /^(\$?skip|offset|start_?index)$/i;
const PAGE = /^(page|page_?(number|index|no)|number)$/i;
const FILTER = /^(\$?filter|q|query|search|where)$/i;

export interface Roles {
  from: Parameter | undefined;
  to: Parameter | undefined;
  size: Parameter | undefined;
  cursor: Parameter | undefined;
  offset: Parameter | undefined;
  page: Parameter | undefined;
  filter: Parameter | undefined;
}

export function rolesOf(parameters: readonly Parameter[]): Roles {
  const cursor = parameters.find(({ leaf }) => CURSOR.test(leaf));
  const size = parameters.find(({ leaf }) => SIZE.test(leaf));
  const rest = parameters.filter((each) => each !== cursor && each !== size);
  const to = rest.find(({ leaf }) => UPPER.test(leaf));
  const from = rest.find(({ leaf }) => LOWER.test(leaf));
  // Without a counterpart, `after` is where the next page begins.
  const isCursor = from !== undefined && !to && !cursor && /^after$/i.test(from.leaf) && !isTime(from);
  return {
    from: isCursor ? undefined : from,
    to,
    size,
    cursor: isCursor ? from : cursor,
    offset: rest.find(({ leaf }) => OFFSET.test(leaf)),
    page: rest.find(({ leaf }) => PAGE.test(leaf)),
    filter: rest.find(({ leaf }) => FILTER.test(leaf)),
  };
}

const isTime = ({ schema, description }: Parameter): boolean =>
  /date|time/i.test(String(schema['format'] ?? '')) || /\b(time|date|epoch|timestamp)/i.test(description);

type TimeUnit = EndpointProfile['timeUnit'];

const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)/;
const EPOCH = /\b\d{10}(\d{3}(\d{3})?)?\b/;

function unitOfText(text: string): TimeUnit | undefined {
  const [date, , fraction] = ISO.exec(text) ?? [];
  if (date) return fraction ? 'iso' : 'iso-seconds';
  const [digits] = EPOCH.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return digits.length > 13 ? 'us' : digits.length > 10 ? 'ms' : 's';
}

/** The unit in which a time is written; undefined when nothing is said about it. */
export function unitOf({ schema, description, example }: Parameter): TimeUnit | undefined {
  const shown = example === undefined ? undefined : unitOfText(String(example));
  if (shown) return shown;
  if (/date/i.test(String(schema['format'] ?? ''))) return unitOfText(description) ?? 'iso';
  if (/micro/i.test(description)) return 'us';
  if (/milli/i.test(description)) return 'ms';
  if (/\bISO.?8601|RFC.?3339/i.test(description)) return 'iso';
  return unitOfText(description) ?? (/\b(epoch|unix|seconds)/i.test(description) ? 's' : undefined);
}

/** A range within the example of a filter, as a template. */
export function templateOf(
  filter: Parameter,
): Pick<EndpointProfile, 'rangeTemplate' | 'timeUnit'> | undefined {
  for (const text of [String(filter.example ?? ''), filter.description]) {
    const timeUnit = unitOfText(text);
    const time = timeUnit?.startsWith('iso') ? ISO : EPOCH;
    const [first, second] = [...text.matchAll(new RegExp(time, 'g'))].map(([found]) => found);
    if (!timeUnit || first === undefined || second === undefined || first === second) continue;
    const value = text.trim().replace(first, '{from}').replace(second, '{to}');
    return { rangeTemplate: { name: filter.name, value }, timeUnit };
  }
  return undefined;
}

/** The one value that a parameter takes, when the description gives it. */
export function onlyValue({ schema, example }: Parameter): string | number | boolean | undefined {
  const allowed = schema['enum'];
  const given =
    schema['const'] ?? schema['default'] ?? (Array.isArray(allowed) ? allowed[0] : undefined) ?? example;
  return typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean'
    ? given
    : undefined;
}
