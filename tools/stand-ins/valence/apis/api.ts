import { DEFAULT_API_PROFILE } from '../../../../lambda/settings/api-profile.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import type { ApiRequest, ListKind, ListRequest } from './list-request.ts';

/** What an API answers with; `cut` sends the status and the beginning of the body, then breaks the connection. */
export interface ApiAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** JSON, or text as it is. */
  body?: unknown;
  cut?: boolean;
}

/** The records that an API holds. */
export type Truth = Record<ListKind, JsonObject[]>;

/** Where the default profile expects the lists. */
export const DEFAULT_PATHS: Readonly<Record<ListKind, string>> = {
  alerts: DEFAULT_API_PROFILE.alerts.path,
  'audit-logs': DEFAULT_API_PROFILE.auditLogs.path,
  'alert-types': DEFAULT_API_PROFILE.alertTypes.path,
};

/** An API that could be Valence's: a small server, what it expects of its clients, and how one copes with it. */
export interface ZooApi {
  name: string;
  /** What is different about it, as a sentence. */
  about: string;

  /** Where its lists are. @default the paths of the default profile */
  paths?: Readonly<Record<ListKind, string>>;
  /** The answer to every other path. @default 404 */
  elsewhere?: (request: ApiRequest) => ApiAnswer;
  /** The one method of its lists; another one is answered with 405. @default GET */
  method?: 'POST';
  /** Whether a request carries the key as it should. @default as a bearer token */
  isAllowed?: (request: ApiRequest) => boolean;
  /** The answer to a request without that. @default 401 */
  refusal?: ApiAnswer;
  /** The answer to a request for a list. */
  answer(list: ListRequest): ApiAnswer;

  /**
   * The records that it holds.
   * @param now epoch seconds
   * @default half a day of records, see `usual-records.ts`
   */
  records?: (now: number) => Truth;

  /**
   * With the default profile: everything arrives once, or (`repeats`) some of it again, or the run fails with this code, naming
   * this profile key.
   */
  withDefault: 'everything' | 'repeats' | { code: string; names?: string };
  /** The profile with which everything arrives, where the default one does not do. */
  profile?: object;
  /** The API's own description, where requests alone cannot find out how it wants to be asked. */
  openapi?: JsonObject;
  /** What a user has to take from the API's documentation, as a part of the profile, because no request can find it out. */
  documented?: object;
}
