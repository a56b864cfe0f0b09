import type { JsonObject } from '../shared/json.ts';

/** What can be installed in a Datadog organisation. */
export const CONTENT_KINDS = ['pipeline', 'dashboard', 'rule', 'monitor'] as const;

export type ContentKind = (typeof CONTENT_KINDS)[number];

/** Where items are, as properties of a resource: what of a Datadog organisation a stack knows. */
export interface Destination {
  Site?: string | undefined;
  /** Origin that replaces the management API of the site. */
  ApiUrl?: string | undefined;
  /** Names or ARNs of the secrets with both keys. */
  ApiKeySecret: string;
  AppKeySecret: string;
}

/** One item to install. */
export interface ContentItem {
  /** What Datadog makes of it. */
  kind: ContentKind;
  /** Stable name within its kind, independent of its title: lower-case words joined by hyphens. */
  key: string;
  /** The body with which Datadog's API creates it. */
  body: JsonObject;
}
