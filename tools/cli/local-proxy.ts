import { parseCredentials } from '../../lambda/shared/aws/secret-value.ts';
import type { EgressProxy, ProxySettings } from '../../lambda/shared/egress-proxy.ts';
import { environmentKey } from './environment-key.ts';

const VARIABLE = 'HTTPS_PROXY_CREDENTIALS';

/** The proxy of the settings, for a tool without AWS: credentials, if it asks for some, are in a variable and not in a secret. */
export const localProxy = (
  proxy: Pick<ProxySettings, 'url' | 'noProxy'> | undefined,
): EgressProxy | undefined =>
  proxy && {
    url: proxy.url,
    noProxy: proxy.noProxy,
    credentials: process.env[VARIABLE]?.trim()
      ? environmentKey(VARIABLE, 'user:password of the proxy', parseCredentials)
      : undefined,
  };
