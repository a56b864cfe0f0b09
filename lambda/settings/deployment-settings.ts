import { operationSettings } from './deployment/operation.ts';
import { protectionSettings } from './deployment/protection.ts';

/** Every setting of a forwarder's stack. The order is that of the table in the docs. */
export const deploymentSettings = { ...operationSettings, ...protectionSettings };

export type DeploymentSettings = typeof deploymentSettings;
