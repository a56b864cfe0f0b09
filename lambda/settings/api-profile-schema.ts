import * as z from 'zod';
import { headerNameProblem, headerValueProblem } from '../shared/request-headers.ts';
import { jsonFlag, jsonWholeNumber, strictObject } from './readers.ts';

/** The keys of the API profile: what each means, and which values it takes. The descriptions are shown in the documentation. */

const text = () => z.string({ error: 'is not text' }).min(1, { error: 'is empty' });

/** The name of a parameter of requests. With POST, dots nest it in the body. */
const parameter = (description: string) => text().nullable().describe(description);

const dottedPath = () =>
  z
    .string({ error: 'is not text' })
    .regex(/^[^.]+(\.[^.]+)*$/, { error: 'is not a dotted path such as data.items' });

const dottedPaths = () => z.array(dottedPath(), { error: 'is not a list of dotted paths' });

/** A text without the problem that a function finds. */
const textWithout = (problemOf: (text: string) => string | undefined) =>
  text().superRefine((value, context) => {
    const message = problemOf(value);
    if (message) context.addIssue({ code: 'custom', message });
  });

const headerText = () => textWithout(headerValueProblem);

/** A place in the body, or a header of the answer. */
const bodyPathOrHeader = () =>
  z.string({ error: 'is not text' }).regex(/^(header:[\w!#$%&'*+.^`|~-]+|(?!header:)[^.]+(\.[^.]+)*)$/, {
    error: 'is neither a dotted path such as meta.next nor header:NAME',
  });

const path = () =>
  z
    .string({ error: 'is not text' })
    .regex(/^\/[^#\s]*$/, { error: 'is not a path: it starts with / and holds neither # nor spaces' });

/** Values that go into a request as they are. */
const parameterValues = () =>
  z.record(
    text(),
    z.union([z.string(), z.number(), z.boolean()], { error: 'is neither text, a number nor true or false' }),
    {
      error: 'is not an object of names and values',
    },
  );

export const PAGINATION_STYLES = ['cursor', 'offset', 'page', 'link', 'url', 'none'] as const;
const TIME_UNITS = ['s', 'ms', 'us', 'iso', 'iso-seconds'] as const;
const METHODS = ['GET', 'POST'] as const;

export const paginationSchema = strictObject({
  style: z
    .enum(PAGINATION_STYLES, { error: `is not one of ${PAGINATION_STYLES.join(', ')}` })
    .describe(
      'How the next page is asked for: `cursor`, `offset`, `page`, `link` (the `Link` header), `url` (a URL in the body) or `none`.',
    ),
  nextCursorPath: bodyPathOrHeader().describe(
    'Style `cursor`: where the answer holds the cursor of the next page, or `header:NAME`. A cursor of any JSON type goes back as it is.',
  ),
  cursorParam: text().describe('Style `cursor`: the parameter that takes the cursor.'),
  cursorField: dottedPath()
    .nullable()
    .describe(
      'Style `cursor`: the cursor is this field of the last record of the page, instead of a field of the answer.',
    ),
  cursorAlone: jsonFlag().describe(
    'Style `cursor`: a request with a cursor carries no other parameter but that of `auth.query`.',
  ),
  endCursors: z
    .array(z.union([z.string(), z.number(), z.boolean()]), { error: 'is not a list of cursors' })
    .describe(
      'Style `cursor`: cursors that end the list, in addition to an absent one, `null`, an empty text and `false`.',
    ),
  hasMorePath: dottedPath()
    .nullable()
    .describe(
      'Where the answer holds `true` or `false` for whether there are more pages. `false` ends the list.',
    ),
  nextUrlPath: dottedPath().describe(
    'Style `url`: where the answer holds the URL of the next page, absolute or relative.',
  ),
  offsetParam: text().describe('Style `offset`: the parameter that takes the number of records to skip.'),
  pageParam: text().describe('Style `page`: the parameter that takes the number of the page.'),
  firstPage: jsonWholeNumber(0, 1_000_000).describe('Style `page`: the number of the first page.'),
  maxOffset: jsonWholeNumber(1, 1_000_000_000)
    .nullable()
    .describe(
      'Styles `offset` and `page`: how deep the API answers, as the largest sum of offset and page size (or page times page size). A longer list is read in shorter ranges. `null` if there is no limit, or it is not known: then lists that end where such a limit may be are compared with both halves of their range.',
    ),
});

const exchange = strictObject({
  path: path().describe('Path of the token endpoint.'),
  json: parameterValues()
    .optional()
    .describe('Fields of a JSON body; `{key}` in a value is replaced by the API key.'),
  form: parameterValues().optional().describe('The same as a form.'),
  tokenPath: dottedPath().describe('Where the answer holds the token.'),
  expiresInPath: dottedPath()
    .nullable()
    .default(null)
    .describe('Where the answer holds the number of seconds after which the token expires.'),
}).superRefine(({ json, form }, context) => {
  if ((json === undefined) === (form === undefined)) {
    context.addIssue({ code: 'custom', message: 'needs either json or form' });
  }
});

/** Headers that carry credentials: those come from the secret alone. */
const CREDENTIAL_HEADERS =
  /^(authorization|proxy-authorization|cookie|(x-)?(api-?key|auth|auth-token|access-token))$/i;

const fixedHeaderProblem = (name: string): string | undefined =>
  CREDENTIAL_HEADERS.test(name) ? 'carries a credential; use auth' : headerNameProblem(name);

const authSchema = strictObject({
  header: textWithout(headerNameProblem).optional().describe('The header that carries the key.'),
  scheme: headerText().nullable().optional().describe('The word before the key; `null` sends the bare key.'),
  query: text().optional().describe('The query parameter that carries the key, instead of a header.'),
  exchange: exchange.nullable().optional().describe('The key is exchanged for a token first.'),
}).superRefine(({ header, query }, context) => {
  if (header !== undefined && query !== undefined) {
    context.addIssue({ code: 'custom', message: 'names both a header and a query parameter' });
  }
});

const rangeTemplate = strictObject({
  name: text().describe('The parameter.'),
  value: text()
    .refine((value) => value.includes('{from}'), { error: 'does not hold {from}' })
    .describe('Its value, with `{from}` and `{to}`.'),
});

/** Keys that hold for every endpoint, or inside one for that one alone. */
export const requestShape = {
  method: z
    .enum(METHODS, { error: 'is neither GET nor POST' })
    .describe('`POST` puts all parameters into a JSON body, numbers as numbers.'),
  auth: authSchema.describe('How the key is sent. Replaced as a whole.'),
  headers: z
    .record(z.string(), headerText().max(1000, { error: 'is longer than 1000 characters' }), {
      error: 'is not an object of names and values',
    })
    .superRefine((headers, context) => {
      for (const name of Object.keys(headers)) {
        const problem = fixedHeaderProblem(name);
        if (problem) context.addIssue({ code: 'custom', path: [name], message: problem });
      }
    })
    .describe('Further headers of each request.'),
  params: parameterValues().describe('Further parameters of each request.'),
  itemsPath: z
    .string({ error: 'is not text' })
    .regex(/^([^.]+(\.[^.]+)*)?$/, { error: 'is neither empty nor a dotted path such as data.items' })
    .describe('Where the answer holds the list of records; empty when the body itself is the list.'),
  itemPath: dottedPath()
    .nullable()
    .describe('Where each element of the list holds the record, such as `node` or `attributes`.'),
  itemsMayBeAbsent: jsonFlag().describe('An answer without the list is an empty list.'),
  emptyStatuses: z
    .array(z.union([z.literal(404), z.literal(410)], { error: 'is neither 404 nor 410' }), {
      error: 'is not a list of statuses',
    })
    .describe('Statuses that mean an empty list: 404, 410. 204 always does.'),
  totalPath: bodyPathOrHeader()
    .nullable()
    .describe(
      'Where the answer holds the number of all records of the range, or `header:NAME`. A list with fewer is incomplete.',
    ),
  fromParam: parameter('The parameter that takes the start of the range; `null` for none.'),
  toParam: parameter('The parameter that takes the end of the range; `null` for none.'),
  rangeTemplate: rangeTemplate
    .nullable()
    .describe('One parameter for the whole range, instead of `fromParam` and `toParam`.'),
  maxRangeSeconds: jsonWholeNumber(4, 30 * 86_400)
    .nullable()
    .describe(
      'The longest range that a request may cover, in seconds, the second of slack at each end included.',
    ),
  timeUnit: z
    .enum(TIME_UNITS, { error: `is not one of ${TIME_UNITS.join(', ')}` })
    .describe(
      'How a time is written: epoch seconds, milliseconds or microseconds, ISO 8601 in UTC, or that without a fraction.',
    ),
  pageSizeParam: parameter('The parameter that takes the number of records in a page; `null` for none.'),
  volatileFields: dottedPaths().describe('Fields of a record that do not count as its content.'),
  unorderedFields: dottedPaths().describe('Lists in a record whose order does not count.'),
  pagination: paginationSchema.partial().describe('How pages follow each other.'),
};

export const endpointSchema = strictObject({
  path: path().describe('Path below the origin.'),
  pageSize: jsonWholeNumber(1, 100_000)
    .nullable()
    .describe('Records asked for in one page; `null` leaves it to the server.'),
  timeFilter: z
    .enum(['creation', 'update'], { error: 'is not one of creation, update' })
    .describe(
      'Which time of a record the range filters by: that in the record, or that of its last change. With `update`, a record belongs to the range that shows it. Not for `alertTypes`.',
    ),
  ...requestShape,
}).partial();

export const overridesShape = strictObject({
  alerts: endpointSchema.describe('How alerts are asked for.'),
  auditLogs: endpointSchema.describe('How audit logs are asked for.'),
  alertTypes: endpointSchema
    .nullable()
    .describe('How alert types are asked for; `null` when the API has no such list.'),
  alertKey: dottedPaths().describe(
    'Fields that identify an alert together, each text or a number. An alert without any of them is identified by its content. Different alerts under one key give the warning `alert-keys-shared`.',
  ),
  ...requestShape,
}).partial();
