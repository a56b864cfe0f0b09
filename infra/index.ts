/** What the npm package exports: the constructs for a CDK app of your own. See docs/package.md. */

export { ConfigError } from '../lambda/shared/errors.ts';
export { DatadogContent, type DatadogContentProps } from './constructs/datadog-content.ts';
export type { ValenceForwarderProps } from './forwarder-props.ts';
export { ValenceForwarder } from './valence-forwarder.ts';
