import { valueAt } from '../shared/dotted-path.ts';
import type { JsonObject } from '../shared/json.ts';
import type { ContentItem, ContentKind } from './content-item.ts';

/** How Datadog's API treats one kind of content. Source: Datadog API reference, v1 and v2. */
export interface KindApi {
  /** Its name in messages. */
  readonly label: string;
  /** The path at which it is created and listed; an object is at this path and its id. */
  readonly path: string;
  /** The attribute with the displayed name, which need not be unique. */
  readonly nameField: 'name' | 'title';
  /** The attribute with free text that contains the ownership mark. */
  readonly markField: 'description' | 'message';
  /** The statuses of answers to an unknown id. */
  readonly missing: readonly number[];
  /** Permissions that the application key needs for it. */
  readonly scopes: { readonly read: string; readonly write: string };
  /** The attribute of the answer that holds the list; the answer itself when left out. */
  readonly itemsAt?: string;
  /** Query of the n-th page of the list, from 0; left out if the list has no pages. */
  readonly page?: (number: number, size: number) => Query;
  /** Query by which the server leaves out most objects that are not the one of a body; left out if it cannot. */
  readonly narrowed?: (body: JsonObject) => Query;
  /** The path that validates a body without changing anything. */
  readonly validationPath?: string;
  /** Attributes that are allowed when it is created, but not when it is replaced. */
  readonly onlyOnCreate?: readonly string[];
  /** Attributes of a replacement; an object also has those that the server adds. */
  readonly settable: readonly string[];
  /** Dotted paths of attributes that an object keeps for its life: Datadog refuses to change them. */
  readonly fixed: readonly string[];
  /** The form of Datadog's ids. */
  readonly idForm: RegExp;
  /** The attribute of a list's entries that states when it was created; left out where the list is in that order. */
  readonly createdAt?: string;
}

/** Parameters of a list. */
export type Query = Record<string, string>;

/** Ids of dashboards and rules, such as `3wh-xyi-7aq`. */
const THREE_PARTS = /^[a-z0-9]{3}-[a-z0-9]{3}-[a-z0-9]{3}$/;

const textAt = (body: JsonObject, field: string): string => {
  const value = body[field];
  return typeof value === 'string' ? value : '';
};

/** A search of rules takes their tags; the name of one may hold characters that mean something in a search. */
function sourceOf({ tags }: JsonObject): Query {
  const source = Array.isArray(tags) ? tags.find((tag) => String(tag).startsWith('source:')) : undefined;
  return source === undefined ? {} : { query: String(source) };
}

export const KINDS: Readonly<Record<ContentKind, KindApi>> = {
  pipeline: {
    label: 'log pipeline',
    path: '/api/v1/logs/config/pipelines',
    nameField: 'name',
    markField: 'description',
    missing: [400, 404],
    scopes: { read: 'logs_read_config', write: 'logs_write_pipelines' },
    settable: ['name', 'description', 'is_enabled', 'filter', 'processors', 'tags'],
    fixed: [],
    idForm: /^[\w-]{22}$/,
  },
  dashboard: {
    label: 'dashboard',
    path: '/api/v1/dashboard',
    nameField: 'title',
    // A list of dashboards contains titles and descriptions, but no tags.
    markField: 'description',
    missing: [404],
    scopes: { read: 'dashboards_read', write: 'dashboards_write' },
    itemsAt: 'dashboards',
    page: (number, size) => ({ start: `${number * size}`, count: `${size}` }),
    settable: [
      'title',
      'description',
      'layout_type',
      'reflow_type',
      'widgets',
      'template_variables',
      'template_variable_presets',
      'notify_list',
      'restricted_roles',
      'tags',
    ],
    fixed: ['layout_type'],
    idForm: THREE_PARTS,
    createdAt: 'created_at',
  },
  rule: {
    label: 'detection rule',
    path: '/api/v2/security_monitoring/rules',
    nameField: 'name',
    markField: 'message',
    missing: [404],
    scopes: { read: 'security_monitoring_rules_read', write: 'security_monitoring_rules_write' },
    itemsAt: 'data',
    page: (number, size) => ({ 'page[size]': `${size}`, 'page[number]': `${number}` }),
    narrowed: sourceOf,
    validationPath: '/api/v2/security_monitoring/rules/validation',
    onlyOnCreate: ['type'],
    settable: [
      'name',
      'isEnabled',
      'hasExtendedTitle',
      'message',
      'tags',
      'queries',
      'cases',
      'thirdPartyCases',
      'options',
      'filters',
    ],
    fixed: ['type', 'options.detectionMethod'],
    idForm: THREE_PARTS,
    createdAt: 'createdAt',
  },
  monitor: {
    label: 'monitor',
    path: '/api/v1/monitor',
    nameField: 'name',
    markField: 'message',
    missing: [404],
    scopes: { read: 'monitors_read', write: 'monitors_write' },
    page: (number, size) => ({ page: `${number}`, page_size: `${size}` }),
    settable: ['name', 'type', 'query', 'message', 'tags', 'priority', 'options', 'restricted_roles'],
    narrowed: (body) => ({ name: textAt(body, 'name') }),
    fixed: ['type'],
    idForm: /^\d+$/,
    createdAt: 'created',
  },
};

/** Every permission that an application key needs to install all kinds. */
export const APPLICATION_KEY_SCOPES: readonly string[] = Object.values(KINDS).flatMap(({ scopes }) => [
  scopes.read,
  scopes.write,
]);

/** The displayed name. */
export const nameOf = (kind: ContentKind, body: JsonObject): string => textAt(body, KINDS[kind].nameField);

/** The free text that contains the ownership mark. */
export const noteOf = (kind: ContentKind, body: JsonObject): string => textAt(body, KINDS[kind].markField);

/**
 * Whether an object can become another body.
 * @param found an object, or its entry in a list; an attribute that it lacks decides nothing
 */
export const canBecome = (kind: ContentKind, found: JsonObject, body: JsonObject): boolean =>
  KINDS[kind].fixed.every((path) => {
    const [has, wanted] = [valueAt(found, path), valueAt(body, path)];
    return has === undefined || wanted === undefined || has === wanted;
  });

/** Whether an update turns the object of one item into that of another one; otherwise another object replaces it. */
export const isInterchangeable = (one: ContentItem, other: ContentItem): boolean =>
  one.kind === other.kind && one.key === other.key && canBecome(one.kind, one.body, other.body);

/** Attributes that the server derives from others, regardless of what is sent. */
export const derivedIn = (kind: ContentKind, body: JsonObject): readonly string[] =>
  kind === 'rule' && valueAt(body, 'options.detectionMethod') === 'third_party' ? ['queries', 'cases'] : [];

/**
 * The attributes of an object that replace it as it is. The server derives some lists again; `[]` is sent for them, as in a creation.
 * @param found the whole object
 */
export function settableOf(kind: ContentKind, found: JsonObject): JsonObject {
  const derived = derivedIn(kind, found);
  return Object.fromEntries(
    KINDS[kind].settable
      .map((name) => [name, derived.includes(name) ? [] : found[name]] as const)
      .filter(([, value]) => value !== undefined && value !== null),
  );
}

/** Whether a text has the form of Datadog's ids. CloudFormation makes up ids for creations that it cancels. */
export const isDatadogId = (kind: ContentKind, text: string): boolean => KINDS[kind].idForm.test(text);
