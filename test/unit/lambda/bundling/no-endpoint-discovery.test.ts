import { expect, it } from 'vitest';
import {
  NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS,
  resolveEndpointDiscoveryConfig,
} from '../../../../lambda/bundling/no-endpoint-discovery.ts';

it('leaves the configuration of a client as it is, and reads nothing', () => {
  const config = { region: 'eu-west-1' };
  const { environmentVariableSelector, configFileSelector } = NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS;

  expect(resolveEndpointDiscoveryConfig(config)).toBe(config);
  expect([environmentVariableSelector(), configFileSelector()]).toEqual([undefined, undefined]);
});
