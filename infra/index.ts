/** What the npm package exports: the constructs for a CDK app of your own. See docs/package.md. */

export type { RunMetric, Stream, StreamMetric } from '../lambda/contract.ts';
export { ConfigError } from '../lambda/shared/errors.ts';
export { DatadogContent, type DatadogContentProps } from './constructs/datadog-content.ts';
export type { AlarmThresholds } from './constructs/monitoring/thresholds.ts';
export type { ValenceForwarderProps } from './forwarder-props.ts';
export { ValenceForwarder } from './valence-forwarder.ts';
