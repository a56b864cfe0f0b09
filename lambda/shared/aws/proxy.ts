import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../clock.ts';
import type { EgressProxy, ProxySettings } from '../egress-proxy.ts';
import { type SecretKey, secretKey } from './secret-key.ts';

/**
 * A proxy whose credentials are kept in Secrets Manager.
 * @returns undefined when none is configured
 */
export const proxyWithSecret = (
  proxy: ProxySettings | undefined,
  client: SecretsManagerClient,
  clock: Clock,
): (EgressProxy & { credentials: SecretKey | undefined }) | undefined =>
  proxy && {
    url: proxy.url,
    noProxy: proxy.noProxy,
    credentials:
      proxy.secretId === undefined
        ? undefined
        : secretKey({ client, secretId: proxy.secretId, owner: 'proxy', clock }),
  };
