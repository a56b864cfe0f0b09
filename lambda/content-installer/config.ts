import * as z from 'zod/mini';
import { environmentField, type ValueOf } from '../settings/definition.ts';
import { networkSettings } from '../settings/function/network.ts';
import { setting, settingProblems } from '../settings/problems.ts';
import { endpoint, oneOf } from '../settings/readers.ts';
import { secretId } from '../settings/secret-id.ts';
import { apiOrigin, DATADOG_SITES } from '../shared/datadog-sites.ts';
import type { ProxySettings } from '../shared/egress-proxy.ts';
import { ConfigError } from '../shared/errors.ts';
import { withoutEndSlashes } from '../shared/origin.ts';
import { assertCertificatesChecked } from '../shared/tls.ts';
import { ContentError } from './content-error.ts';
import type { Destination } from './content-item.ts';

const { httpsProxy, noProxy } = networkSettings;

const proxyFields = {
  HTTPS_PROXY_URL: environmentField(httpsProxy) as z.ZodMiniType<ValueOf<typeof httpsProxy>>,
  NO_PROXY_HOSTS: environmentField(noProxy) as z.ZodMiniType<ValueOf<typeof noProxy>>,
  PROXY_SECRET_ID: setting(z.optional(secretId()), {
    description: 'Secret that holds the credentials of the proxy.',
    allowed: 'a secret name or ARN, never the credentials themselves',
    secret: true,
  }),
};

const environmentSchema = z.object({
  DATADOG_SITE: setting(z._default(oneOf(DATADOG_SITES), DATADOG_SITES[0]), {
    description: 'Site of the Datadog organisation.',
    allowed: DATADOG_SITES.join(', '),
  }),
  DATADOG_API_URL: setting(z.optional(endpoint()), {
    description: 'Origin that replaces the management API of the site.',
    allowed: 'an https URL, or an http URL of a loopback address',
  }),
  ...proxyFields,
  DATADOG_SECRET_ID: setting(secretId(), {
    description: 'Secret that holds the Datadog API key.',
    allowed: 'a secret name or ARN, never the key itself',
    secret: true,
  }),
  DATADOG_APP_KEY_SECRET_ID: setting(secretId(), {
    description: 'Secret that holds the Datadog application key.',
    allowed: 'a secret name or ARN, never the key itself',
    secret: true,
  }),
});

/** What the installer works with. */
export interface Config {
  site: string;
  /** Origin of Datadog's management API. */
  apiOrigin: string;
  apiKeySecretId: string;
  appKeySecretId: string;
  /** The way to Datadog; undefined for direct connections. */
  proxy: ProxySettings | undefined;
}

/** Datadog's: the keys may go there whoever invokes the function. */
const SAFE_ORIGINS: ReadonlySet<string> = new Set(DATADOG_SITES.map(apiOrigin));

/** @throws {ContentError} when the event names an origin that only the configuration may name */
function assertKnownOrigin(origin: string, configured: string | undefined): void {
  const known = [...SAFE_ORIGINS, ...(configured ? [withoutEndSlashes(configured)] : [])];
  // A request in clear text goes to a loopback address alone and never through the proxy, so it does not leave the function.
  if (known.includes(origin) || new URL(origin).protocol === 'http:') return;
  throw new ContentError(
    'foreign-destination',
    `The keys are not sent to ${origin}, because the installer is not configured with that address now.`,
    'Delete the content there by hand, or deploy once with datadogApiUrl set to that address.',
  );
}

/**
 * Reads the configuration.
 * @param environment variables of the process; empty ones count as not set
 * @param destination replaces the whole destination of the environment: a deletion goes where its item was installed
 * @throws {ConfigError} naming every problem; {@link ContentError} when the keys would go to an origin that is neither Datadog's nor
 *   the environment's: whoever may invoke the function could read them there
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  destination?: Destination,
): Config {
  assertCertificatesChecked(environment);
  const merged = {
    ...environment,
    ...(destination && {
      DATADOG_SITE: destination.Site,
      DATADOG_API_URL: destination.ApiUrl,
      DATADOG_SECRET_ID: destination.ApiKeySecret,
      DATADOG_APP_KEY_SECRET_ID: destination.AppKeySecret,
    }),
  };
  const given = Object.fromEntries(Object.entries(merged).filter(([, value]) => value?.trim()));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) throw new ConfigError(settingProblems(environmentSchema, parsed.error, given));
  const values = parsed.data;
  const origin = withoutEndSlashes(values.DATADOG_API_URL ?? apiOrigin(values.DATADOG_SITE));
  assertKnownOrigin(origin, environment['DATADOG_API_URL']?.trim());
  return {
    site: values.DATADOG_SITE,
    apiOrigin: origin,
    apiKeySecretId: values.DATADOG_SECRET_ID,
    appKeySecretId: values.DATADOG_APP_KEY_SECRET_ID,
    proxy: values.HTTPS_PROXY_URL
      ? { url: values.HTTPS_PROXY_URL, noProxy: values.NO_PROXY_HOSTS, secretId: values.PROXY_SECRET_ID }
      : undefined,
  };
}
