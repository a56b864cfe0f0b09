import * as z from 'zod/mini';
import type { FunctionSetting } from '../definition.ts';
import { list, text } from '../kinds.ts';
import { plainText, proxyUrl } from '../readers.ts';

/** A name or an IPv4 address, a domain (`.example.com`, `*.example.com`), each with or without a port. What Node reads otherwise, or not at all, is refused. */
const HOST = /^(\*?\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*(:\d{1,5})?$/i;

const host = () => plainText().check(z.regex(HOST, { error: 'holds what is neither a host nor a domain' }));

/** The way to Valence and Datadog. Neither is taken from the variables of the machine, which may be meant for others. */
export const networkSettings = {
  /**
   * Proxy for connections to Valence and Datadog. AWS is reached without it.
   * @default direct connections
   */
  httpsProxy: {
    context: 'httpsProxy',
    environment: 'HTTPS_PROXY_URL',
    value: text(proxyUrl(), 'an http or https URL of host and port, without a user'),
    description: {
      context: 'Proxy for connections to Valence and Datadog. AWS is reached without it.',
      environment: 'Proxy for connections to Valence and Datadog. HTTPS_PROXY and the like are not read.',
    },
    example: { context: 'http://proxy.example.com:3128', environment: 'http://proxy.example.com:3128' },
  },
  /**
   * Hosts of Valence and Datadog that are reached without the proxy: names, `.example.com` for a domain.
   * @default none
   */
  noProxy: {
    context: 'noProxy',
    environment: 'NO_PROXY_HOSTS',
    value: list(host(), {
      context:
        'hosts or domains such as .example.com, separated by commas, or a JSON list; only with httpsProxy',
      environment: 'hosts or domains such as .example.com, separated by commas',
    }),
    default: [] as string[],
    description: 'With a proxy: hosts that are reached without it, for example those of a private link.',
    example: {
      context: ['.datadoghq.eu'],
      environment: '.datadoghq.eu',
      with: { httpsProxy: 'http://proxy.example.com:3128' },
    },
  },
} as const satisfies Record<string, FunctionSetting>;
