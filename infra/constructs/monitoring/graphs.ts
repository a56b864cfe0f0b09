import { Duration } from 'aws-cdk-lib';
import {
  GraphWidget,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  type MetricOptions,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import {
  type RunMetric,
  STREAM_DIMENSION,
  type Stream,
  type StreamMetric,
} from '../../../lambda/contract.ts';
import { HOUR_SECONDS, MINUTE_SECONDS } from '../../../lambda/limits.ts';
import { runMetric, streamMetric } from './metrics.ts';
import { alarmTiming } from './timing.ts';
import type { Watched } from './watched.ts';

const SIZE = { width: 12, height: 6 };

/** A graph of metrics, over half of the dashboard's width. */
export const graph = (
  title: string,
  left: IMetric[],
  leftAnnotations: HorizontalAnnotation[] = [],
): GraphWidget => new GraphWidget({ title, left, leftAnnotations, ...SIZE });

/** Seconds of one point of a graph: a shorter time would be without a run now and then. */
const pointOf = ({ interval }: Watched): number => alarmTiming.runPeriod(interval.toSeconds());

/** The metrics of a forwarder, with its tenant, and the statistics of one point of a graph. */
export function metricsOf(watched: Watched) {
  const { tenant, streams } = watched.config;
  const period = Duration.seconds(pointOf(watched));
  const sum: MetricOptions = { statistic: Stats.SUM, period };
  const maximum: MetricOptions = { statistic: Stats.MAXIMUM, period };
  return {
    sum,
    maximum,
    run: (name: RunMetric, options: MetricOptions) => runMetric(tenant, name, { ...options, label: name }),
    streams: (name: StreamMetric, options: MetricOptions) =>
      streams.map((stream) => streamMetric(tenant, stream, name, { ...options, label: `${name} ${stream}` })),
  };
}

/** Statistics by the name that CloudWatch Logs Insights has for them. */
const STATISTICS = { sum: Stats.SUM, max: Stats.MAXIMUM, min: Stats.MINIMUM } as const;
type Statistic = keyof typeof STATISTICS;

/** Values of the metric lines: of one stream, or of the whole run. */
type Measured = { readonly title: string } & (
  | { readonly stream: Stream; readonly values: Partial<Record<StreamMetric, Statistic>> }
  | { readonly stream?: never; readonly values: Partial<Record<RunMetric, Statistic>> }
);

/** A graph of values that need not be metrics: without `allMetrics` it reads the lines in the log, which costs almost nothing. */
export function measured(watched: Watched, { title, stream, values }: Measured): IWidget {
  const { tenant, allMetrics } = watched.config;
  const all = Object.entries(values) as [StreamMetric | RunMetric, Statistic][];
  if (!allMetrics) {
    const [first] = all.map(([name]) => name);
    return new LogQueryWidget({
      title,
      logGroupNames: [watched.logGroup.logGroupName],
      view: LogQueryVisualizationType.LINE,
      queryLines: [
        `filter ispresent(${first})${stream ? ` and ${STREAM_DIMENSION} = "${stream}"` : ''}`,
        `stats ${all.map(([name, statistic]) => `${statistic}(${name})`).join(', ')} by bin(${binOf(pointOf(watched))})`,
      ],
      ...SIZE,
    });
  }
  const period = Duration.seconds(pointOf(watched));
  return graph(
    title,
    all.map(([name, statistic]) => {
      const options = { statistic: STATISTICS[statistic], period, label: name };
      return stream
        ? streamMetric(tenant, stream, name as StreamMetric, options)
        : runMetric(tenant, name as RunMetric, options);
    }),
  );
}

/** A length of time as `bin` takes it: at most 60 minutes, or whole hours. Source: CloudWatch Logs user guide, "Date-time functions". */
const binOf = (seconds: number): string =>
  seconds <= HOUR_SECONDS
    ? `${Math.ceil(seconds / MINUTE_SECONDS)}m`
    : `${Math.ceil(seconds / HOUR_SECONDS)}h`;
