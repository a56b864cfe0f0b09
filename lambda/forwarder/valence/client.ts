import { MAX_JSON_STRUCTURE, MAX_PAGE_BYTES } from '../../limits.ts';
import {
  type ApiProfile,
  ENDPOINT_OF,
  type EndpointProfile,
  withHalvedPages,
  withPagesUpTo,
} from '../../settings/api-profile.ts';
import { ForwarderError, SourceError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import { structureOf } from '../../shared/json-structure.ts';
import { Unreadable } from '../core/memory/pages.ts';
import type { CallOptions, Source } from '../core/ports.ts';
import { canonicalJson } from '../core/records/canonical-json.ts';
import { type TokenExchanges, tokenExchanges } from './exchanged-key.ts';
import type { RequestOptions } from './request.ts';
import { scan } from './scan.ts';

export interface ValenceOptions extends RequestOptions {
  /** Scheme and host of the region, and a path prefix if there is one; the profile's paths are appended. */
  origin: string;
  profile: ApiProfile;
  /** Keeps tokens from one invocation to the next; left out, they are kept by this source alone. */
  tokens?: TokenExchanges;
}

/** Valence's API as the core's source. */
export function valenceSource({
  origin,
  profile,
  tokens = tokenExchanges(),
  ...options
}: ValenceOptions): Source {
  const { apiKey, transport, clock } = options;
  const optionsFor = ({ auth }: EndpointProfile): RequestOptions => ({
    ...options,
    apiKey: tokens.keyFor(auth.exchange, { apiKey, origin, transport, clock }),
  });
  return {
    pages(stream, range, { pageHalvings = 0, maxPageRecords, pageBuffers, onEnd, ...call }) {
      const endpoint = ENDPOINT_OF[stream];
      const halved = withHalvedPages(profile[endpoint], pageHalvings);
      const used = maxPageRecords === undefined ? halved : withPagesUpTo(halved, maxPageRecords);
      return scan({ origin, endpoint, profile: used, range, pageBuffers, onEnd }, optionsFor(used), call);
    },

    async firstPage(stream, call) {
      const endpoint = ENDPOINT_OF[stream];
      const list = { origin, endpoint, profile: profile[endpoint], range: undefined };
      const pages = scan(list, optionsFor(profile[endpoint]), call);
      const first = await pages.next();
      await pages.return(undefined);
      return first.done ? undefined : first.value;
    },

    async alertTypes(call) {
      if (!profile.alertTypes) return new Map();
      try {
        return await readAlertTypes(profile.alertTypes, call);
      } catch (error) {
        if (!isNotOffered(error)) throw error;
        options.telemetry.warn(
          'alert-types-not-offered',
          'Valence refuses to list the alert types. Alerts are forwarded without them. Set "alertTypes": null in the API profile if this API has no such list.',
          { status: error.status, profileKey: 'alertTypes' },
        );
        return new Map();
      }
    },
  };

  async function readAlertTypes(
    types: EndpointProfile,
    call: CallOptions,
  ): Promise<ReadonlyMap<string, JsonObject>> {
    const list = { origin, endpoint: 'alertTypes', profile: types, range: undefined } as const;
    const byId = new Map<string, JsonObject>();
    let unusable = 0;
    let [structure, length] = [0, 0];
    for await (const { records } of scan(list, optionsFor(types), call)) {
      for (const type of records) {
        if (!(type instanceof Unreadable) && typeof type['vuid'] === 'string' && type['vuid'] !== '') {
          const text = canonicalJson(type);
          structure += structureOf(text);
          length += text.length;
          if (structure > MAX_JSON_STRUCTURE || length > MAX_PAGE_BYTES) throw tooManyTypes();
          byId.set(type['vuid'], type);
        } else {
          unusable++;
        }
      }
    }
    if (unusable > 0) {
      options.telemetry.warn('alert-types-without-id', 'Ignored alert types without a vuid.', {
        count: unusable,
      });
    }
    return byId;
  }
}

/** All types stay in memory until the run ends, so together they have the bounds of one page. */
const tooManyTypes = () =>
  new SourceError(
    'page-too-large',
    `The alert types of Valence together have more than ${MAX_JSON_STRUCTURE} structural characters of JSON, or ${MAX_PAGE_BYTES} characters.`,
    'Ask Valence. To forward alerts without their types at once, set "alertTypes": null in the API profile (VALENCE_API_PROFILE, or valenceApi in the CDK context).',
  );

/** Statuses of an API that does not list alert types, or not to this key. */
const NOT_OFFERED: ReadonlySet<number | undefined> = new Set([403, 404, 405]);

const isNotOffered = (error: unknown): error is ForwarderError =>
  error instanceof ForwarderError && NOT_OFFERED.has(error.status);
