import type { Stream } from '../../contract.ts';
import { type ApiProfile, type EndpointName, withHalvedPages } from '../../settings/api-profile.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Source } from '../core/ports.ts';
import type { RequestOptions } from './request.ts';
import { scan } from './scan.ts';

const ENDPOINT_OF: Record<Stream, EndpointName> = { alerts: 'alerts', 'audit-logs': 'auditLogs' };

export interface ValenceOptions extends RequestOptions {
  /** Scheme and host of the region, and a path prefix if there is one; the profile's paths are appended. */
  origin: string;
  profile: ApiProfile;
}

/** Valence's API as the core's source. */
export function valenceSource({ origin, profile, ...options }: ValenceOptions): Source {
  return {
    pages(stream, range, { pageHalvings = 0, pageBuffers, ...call }) {
      const endpoint = ENDPOINT_OF[stream];
      const halved = withHalvedPages(profile[endpoint], pageHalvings);
      return scan({ origin, endpoint, profile: halved, range, pageBuffers }, options, call);
    },

    async alertTypes(call) {
      const endpoint = 'alertTypes';
      const types = new Map<string, JsonObject>();
      let unusable = 0;
      const list = { origin, endpoint, profile: profile[endpoint], range: undefined } as const;
      for await (const { records } of scan(list, options, call)) {
        for (const type of records) {
          if (typeof type['vuid'] === 'string' && type['vuid'] !== '') types.set(type['vuid'], type);
          else unusable++;
        }
      }
      if (unusable > 0)
        options.telemetry.warn('alert-types-without-id', 'Ignored alert types without a vuid.', {
          count: unusable,
        });
      return types;
    },
  };
}
