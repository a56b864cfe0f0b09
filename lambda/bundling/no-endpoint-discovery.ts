/**
 * Replaces `@aws-sdk/middleware-endpoint-discovery` in the bundles: the DynamoDB client discovers no endpoints unless asked to,
 * and it would carry a cache for them.
 */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: undefined,
};

export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config;
