import type { JsonObject } from '../shared/json.ts';
import type { ContentKind } from './content-item.ts';

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
  readonly page?: (number: number, size: number) => string;
  /** The path that validates a body without changing anything. */
  readonly validationPath?: string;
  /** Attributes that are allowed when it is created, but not when it is replaced. */
  readonly onlyOnCreate?: readonly string[];
}

export const KINDS: Readonly<Record<ContentKind, KindApi>> = {
  pipeline: {
    label: 'log pipeline',
    path: '/api/v1/logs/config/pipelines',
    nameField: 'name',
    markField: 'description',
    missing: [400, 404],
    scopes: { read: 'logs_read_config', write: 'logs_write_pipelines' },
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
    page: (number, size) => `?start=${number * size}&count=${size}`,
  },
  rule: {
    label: 'detection rule',
    path: '/api/v2/security_monitoring/rules',
    nameField: 'name',
    markField: 'message',
    missing: [404],
    scopes: { read: 'security_monitoring_rules_read', write: 'security_monitoring_rules_write' },
    itemsAt: 'data',
    page: (number, size) => `?page[size]=${size}&page[number]=${number}`,
    validationPath: '/api/v2/security_monitoring/rules/validation',
    onlyOnCreate: ['type'],
  },
  monitor: {
    label: 'monitor',
    path: '/api/v1/monitor',
    nameField: 'name',
    markField: 'message',
    missing: [404],
    scopes: { read: 'monitors_read', write: 'monitors_write' },
    page: (number, size) => `?page=${number}&page_size=${size}`,
  },
};

/** Every permission that an application key needs to install all kinds. */
export const APPLICATION_KEY_SCOPES: readonly string[] = Object.values(KINDS).flatMap(({ scopes }) => [
  scopes.read,
  scopes.write,
]);

const textAt = (body: JsonObject, field: string): string => {
  const value = body[field];
  return typeof value === 'string' ? value : '';
};

/** The displayed name. */
export const nameOf = (kind: ContentKind, body: JsonObject): string => textAt(body, KINDS[kind].nameField);

/** The free text that contains the ownership mark. */
export const noteOf = (kind: ContentKind, body: JsonObject): string => textAt(body, KINDS[kind].markField);
