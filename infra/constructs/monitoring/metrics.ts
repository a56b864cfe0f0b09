import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Stream } from '../../../lambda/contract.ts';
import {
  METRIC_NAMESPACE,
  type RunMetric,
  STREAM_DIMENSION,
  type StreamMetric,
  TENANT_DIMENSION,
} from '../../../lambda/contract.ts';

/** A metric that the function writes once a run. */
export const runMetric = (tenant: string, name: RunMetric, options: MetricOptions): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { [TENANT_DIMENSION]: tenant },
    ...options,
  });

/** A metric that the function writes once a run for each stream. */
export const streamMetric = (
  tenant: string,
  stream: Stream,
  name: StreamMetric,
  options: MetricOptions,
): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { [TENANT_DIMENSION]: tenant, [STREAM_DIMENSION]: stream },
    ...options,
  });
