import * as z from 'zod/mini';
import { headerNameProblem, headerValueProblem } from '../shared/request-headers.ts';
import { jsonFlag, jsonWholeNumber, plainText, strictObject, without } from './readers.ts';

/** The keys of the API profile: what each means, and which values it takes. The descriptions are shown in the documentation. */

const described = <T extends z.ZodMiniType>(schema: T, description: string): T =>
  schema.check(z.describe(description));

const text = () => plainText().check(z.minLength(1, { error: 'is empty' }));

/** The name of a parameter of requests. With POST, dots nest it in the body. */
const parameter = (description: string) => described(z.nullable(text()), description);

const dottedPath = () =>
  plainText().check(z.regex(/^[^.]+(\.[^.]+)*$/, { error: 'is not a dotted path such as data.items' }));

const dottedPaths = () => z.array(dottedPath(), { error: 'is not a list of dotted paths' });

const headerName = () => text().check(without(headerNameProblem));

const headerText = () => text().check(without(headerValueProblem));

/** A place in the body, or a header of the answer. */
const bodyPathOrHeader = () =>
  plainText().check(
    z.regex(/^(header:[\w!#$%&'*+.^`|~-]+|(?!header:)[^.]+(\.[^.]+)*)$/, {
      error: 'is neither a dotted path such as meta.next nor header:NAME',
    }),
  );

const path = () =>
  plainText().check(
    z.regex(/^\/[^#\s]*$/, { error: 'is not a path: it starts with / and holds neither # nor spaces' }),
  );

/** Values that go into a request as they are. */
const parameterValues = () =>
  z.record(
    text(),
    z.union([z.string(), z.number(), z.boolean()], { error: 'is neither text, a number nor true or false' }),
    { error: 'is not an object of names and values' },
  );

export const PAGINATION_STYLES = ['cursor', 'offset', 'page', 'link', 'url', 'none'] as const;
const TIME_UNITS = ['s', 'ms', 'us', 'iso', 'iso-seconds'] as const;
const METHODS = ['GET', 'POST'] as const;

export const paginationSchema = strictObject({
  style: described(
    z.enum(PAGINATION_STYLES, { error: `is not one of ${PAGINATION_STYLES.join(', ')}` }),
    'How the next page is asked for: `cursor`, `offset`, `page`, `link` (the `Link` header), `url` (a URL in the body) or `none`.',
  ),
  nextCursorPath: described(
    bodyPathOrHeader(),
    'Style `cursor`: where the answer holds the cursor of the next page, or `header:NAME`. A cursor of any JSON type goes back as it is.',
  ),
  cursorParam: described(text(), 'Style `cursor`: the parameter that takes the cursor.'),
  cursorField: described(
    z.nullable(dottedPath()),
    'Style `cursor`: the cursor is this field of the last record of the page, instead of a field of the answer.',
  ),
  cursorAlone: described(
    jsonFlag(),
    'Style `cursor`: a request with a cursor carries no other parameter but that of `auth.query`.',
  ),
  endCursors: described(
    z.array(z.union([z.string(), z.number(), z.boolean()]), { error: 'is not a list of cursors' }),
    'Style `cursor`: cursors that end the list, in addition to an absent one, `null`, an empty text and `false`.',
  ),
  hasMorePath: described(
    z.nullable(dottedPath()),
    'Where the answer holds `true` or `false` for whether there are more pages. `false` ends the list.',
  ),
  nextUrlPath: described(
    dottedPath(),
    'Style `url`: where the answer holds the URL of the next page, absolute or relative.',
  ),
  offsetParam: described(text(), 'Style `offset`: the parameter that takes the number of records to skip.'),
  pageParam: described(text(), 'Style `page`: the parameter that takes the number of the page.'),
  firstPage: described(jsonWholeNumber(0, 1_000_000), 'Style `page`: the number of the first page.'),
  maxOffset: described(
    z.nullable(jsonWholeNumber(1, 1_000_000_000)),
    'Styles `offset` and `page`: how deep the API answers, as the largest sum of offset and page size (or page times page size). A longer list is read in shorter ranges. `null` if there is no limit, or it is not known: then lists that end where such a limit may be are compared with both halves of their range.',
  ),
});

const exchange = strictObject({
  path: described(path(), 'Path of the token endpoint.'),
  json: described(
    z.optional(parameterValues()),
    'Fields of a JSON body; `{key}` in a value is replaced by the API key.',
  ),
  form: described(z.optional(parameterValues()), 'The same as a form.'),
  tokenPath: described(dottedPath(), 'Where the answer holds the token.'),
  expiresInPath: described(
    z._default(z.nullable(dottedPath()), null),
    'Where the answer holds the number of seconds after which the token expires.',
  ),
}).check(
  z.refine(({ json, form }) => (json === undefined) !== (form === undefined), {
    error: 'needs either json or form',
  }),
);

/** Headers that carry credentials: those come from the secret alone. */
const CREDENTIAL_HEADERS =
  /^(authorization|proxy-authorization|cookie|(x-)?(api-?key|auth|auth-token|access-token))$/i;

const fixedHeaderProblem = (name: string): string | undefined =>
  CREDENTIAL_HEADERS.test(name) ? 'carries a credential; use auth' : headerNameProblem(name);

const fixedHeaders = z
  .record(z.string(), headerText().check(z.maxLength(1000, { error: 'is longer than 1000 characters' })), {
    error: 'is not an object of names and values',
  })
  .check(
    z.superRefine((headers, context) => {
      for (const name of Object.keys(headers)) {
        const problem = fixedHeaderProblem(name);
        if (problem) context.addIssue({ code: 'custom', path: [name], message: problem });
      }
    }),
  );

const authSchema = strictObject({
  header: described(z.optional(headerName()), 'The header that carries the key.'),
  scheme: described(
    z.optional(z.nullable(headerText())),
    'The word before the key; `null` sends the bare key.',
  ),
  query: described(z.optional(text()), 'The query parameter that carries the key, instead of a header.'),
  exchange: described(z.optional(z.nullable(exchange)), 'The key is exchanged for a token first.'),
}).check(
  z.refine(({ header, query }) => header === undefined || query === undefined, {
    error: 'names both a header and a query parameter',
  }),
);

const rangeTemplate = strictObject({
  name: described(text(), 'The parameter.'),
  value: text().check(
    z.refine((value) => value.includes('{from}'), { error: 'does not hold {from}' }),
    z.describe('Its value, with `{from}` and `{to}`.'),
  ),
});

/** Keys that hold for every endpoint, or inside one for that one alone. */
export const requestShape = {
  method: described(
    z.enum(METHODS, { error: 'is neither GET nor POST' }),
    '`POST` puts all parameters into a JSON body, numbers as numbers.',
  ),
  auth: described(authSchema, 'How the key is sent. Replaced as a whole.'),
  headers: described(fixedHeaders, 'Further headers of each request.'),
  params: described(parameterValues(), 'Further parameters of each request.'),
  itemsPath: plainText().check(
    z.regex(/^([^.]+(\.[^.]+)*)?$/, { error: 'is neither empty nor a dotted path such as data.items' }),
    z.describe('Where the answer holds the list of records; empty when the body itself is the list.'),
  ),
  itemPath: described(
    z.nullable(dottedPath()),
    'Where each element of the list holds the record, such as `node` or `attributes`.',
  ),
  itemsMayBeAbsent: described(jsonFlag(), 'An answer without the list is an empty list.'),
  emptyStatuses: described(
    z.array(z.union([z.literal(404), z.literal(410)], { error: 'is neither 404 nor 410' }), {
      error: 'is not a list of statuses',
    }),
    'Statuses that mean an empty list: 404, 410. 204 always does.',
  ),
  totalPath: described(
    z.nullable(bodyPathOrHeader()),
    'Where the answer holds the number of all records of the range, or `header:NAME`. A list with fewer is incomplete.',
  ),
  fromParam: parameter('The parameter that takes the start of the range; `null` for none.'),
  toParam: parameter('The parameter that takes the end of the range; `null` for none.'),
  rangeTemplate: described(
    z.nullable(rangeTemplate),
    'One parameter for the whole range, instead of `fromParam` and `toParam`.',
  ),
  maxRangeSeconds: described(
    z.nullable(jsonWholeNumber(4, 30 * 86_400)),
    'The longest range that a request may cover, in seconds, the second of slack at each end included.',
  ),
  timeUnit: described(
    z.enum(TIME_UNITS, { error: `is not one of ${TIME_UNITS.join(', ')}` }),
    'How a time is written: epoch seconds, milliseconds or microseconds, ISO 8601 in UTC, or that without a fraction.',
  ),
  pageSizeParam: parameter('The parameter that takes the number of records in a page; `null` for none.'),
  volatileFields: described(dottedPaths(), 'Fields of a record that do not count as its content.'),
  unorderedFields: described(dottedPaths(), 'Lists in a record whose order does not count.'),
  pagination: described(z.partial(paginationSchema), 'How pages follow each other.'),
};

export const endpointSchema = z.partial(
  strictObject({
    path: described(path(), 'Path below the origin.'),
    pageSize: described(
      z.nullable(jsonWholeNumber(1, 100_000)),
      'Records asked for in one page; `null` leaves it to the server.',
    ),
    timeFilter: described(
      z.enum(['creation', 'update'], { error: 'is not one of creation, update' }),
      'Which time of a record the range filters by: that in the record, or that of its last change. With `update`, a record belongs to the range that shows it. Not for `alertTypes`.',
    ),
    ...requestShape,
  }),
);

export const overridesShape = z.partial(
  strictObject({
    alerts: described(endpointSchema, 'How alerts are asked for.'),
    auditLogs: described(endpointSchema, 'How audit logs are asked for.'),
    alertTypes: described(
      z.nullable(endpointSchema),
      'How alert types are asked for; `null` when the API has no such list.',
    ),
    alertKey: described(
      dottedPaths(),
      'Fields that identify an alert together, each text or a number. An alert without any of them is identified by its content. Different alerts under one key give the warning `alert-keys-shared`.',
    ),
    ...requestShape,
  }),
);
