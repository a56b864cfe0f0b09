import * as https from 'node:https';
import type { ApiKey } from './api-key.ts';
import { ConfigError } from './errors.ts';
import { TLS } from './tls.ts';

/** A proxy that connections to Valence and Datadog go through. */
export interface EgressProxy {
  /** `http://` or `https://`, host and port. */
  url: string;
  /** Hosts that are reached without it: names, `.example.com` for a domain, with or without a port. */
  noProxy: readonly string[];
  /** `user:password`, if the proxy asks for them. */
  credentials?: ApiKey | undefined;
}

/** A proxy as it is configured. */
export interface ProxySettings {
  url: string;
  noProxy: readonly string[];
  /** Name or ARN of the secret with its credentials; undefined if it asks for none. */
  secretId: string | undefined;
}

/** The first version of Node whose agents take a proxy; older ones would silently go without. */
const FIRST_NODE = { major: 24, minor: 5 } as const;

/** A proxy that does not answer in this time, in milliseconds, does not keep its connection. */
const TUNNEL_TIMEOUT_MS = 10_000;

/**
 * Whether this Node can use a proxy.
 * @param version as `process.versions.node` has it
 */
export function canUseProxy(version = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > FIRST_NODE.major || (major === FIRST_NODE.major && minor >= FIRST_NODE.minor);
}

/** Where https connections come from. */
export interface HttpsAgents {
  /** The agent for the next request. Throws as {@link ApiKey.value} does. */
  current(): Promise<https.Agent>;
  /** To be called when the proxy asks for other credentials: they are read again. Throws as {@link ApiKey.renew} does. */
  renew(): Promise<void>;
}

/**
 * Agents that keep connections alive, direct or through a proxy. The environment of the machine names no proxy for them. Through a
 * proxy, TLS ends at the other side all the same: the proxy learns the name of the host and sees nothing of a request.
 * @throws {ConfigError} when this Node cannot use a proxy
 */
export function httpsAgents(proxy: EgressProxy | undefined): HttpsAgents {
  if (!proxy) {
    const agent = new https.Agent({ keepAlive: true, ...TLS });
    return { current: async () => agent, renew: async () => undefined };
  }
  if (!canUseProxy()) {
    throw new ConfigError([
      `httpsProxy (HTTPS_PROXY_URL): needs Node ${FIRST_NODE.major}.${FIRST_NODE.minor} or later, and this is ${process.version}, which would connect without the proxy. The function itself runs on a Node that can.`,
    ]);
  }
  let made: { credentials: string | undefined; agent: https.Agent } | undefined;
  return {
    async current() {
      const credentials = await proxy.credentials?.value();
      if (!made || made.credentials !== credentials) {
        made?.agent.destroy();
        made = { credentials, agent: proxiedAgent(proxy, credentials) };
      }
      return made.agent;
    },
    async renew() {
      if (made?.credentials !== undefined) await proxy.credentials?.renew(made.credentials);
    },
  };
}

function proxiedAgent({ url, noProxy }: EgressProxy, credentials: string | undefined): https.Agent {
  const address = new URL(url);
  if (credentials !== undefined) {
    const [user = '', ...password] = credentials.split(':');
    address.username = encodeURIComponent(user);
    address.password = encodeURIComponent(password.join(':'));
  }
  const options = {
    keepAlive: true,
    ...TLS,
    timeout: TUNNEL_TIMEOUT_MS,
    // Only for https: a request in clear text, which only a loopback address gets, never reaches the proxy.
    proxyEnv: { HTTPS_PROXY: address.href, NO_PROXY: noProxy.join(',') },
  };
  return new https.Agent(options);
}
