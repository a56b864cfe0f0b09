import { Duration } from 'aws-cdk-lib';
import { type Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ALARM_METRICS, type RunMetric, type Stream, type StreamMetric } from '../lambda/contract.ts';
import type { Config } from '../lambda/forwarder/config.ts';
import { ConfigError } from '../lambda/shared/errors.ts';
import type { Backfill } from './constructs/backfill.ts';
import type { ForwarderFunction } from './constructs/forwarder-function.ts';
import {
  grantInvocation,
  grantKeyStorage,
  grantQuarantineReads,
  grantStarts,
  grantStateReads,
} from './constructs/grants.ts';
import { runMetric, streamMetric } from './constructs/monitoring/metrics.ts';
import type { Quarantine } from './constructs/quarantine.ts';
import type { ApiKeySecrets } from './constructs/secrets.ts';
import type { State } from './constructs/state.ts';

/** Long enough that each period has a run with the usual schedule. */
const PERIOD = Duration.minutes(5);

/** What users of a forwarder ask of it: metrics, permissions and connections. */
export abstract class ForwarderBase extends Construct implements IConnectable {
  /** What its metrics, its logs and its part of the quarantine are named by. */
  abstract readonly tenant: string;
  /** Watermarks, leases and the ledger. */
  abstract readonly state: State;
  /** Records that Datadog refused. */
  abstract readonly quarantine: Quarantine;
  /** The two API keys. */
  abstract readonly secrets: ApiKeySecrets;
  /** The function, its role, its log and the queue of failed events. */
  abstract readonly forwarder: ForwarderFunction;
  /** The state machine that forwards a range of the past. */
  abstract readonly backfill: Backfill;
  /** The settings that decide which metrics there are. */
  protected abstract readonly measured: Pick<Config, 'streams' | 'allMetrics'>;

  /**
   * The security groups of the function, to let it reach something in its network.
   * @throws {ConfigError} without `vpc`
   */
  get connections(): Connections {
    const { handler } = this.forwarder;
    if (!handler.isBoundToVpc)
      throw new ConfigError(['vpc: is not set, so that the function has no connections in a network.']);
    return handler.connections;
  }

  /**
   * A metric of all streams together. Those that no alarm watches exist with the prop `allMetrics` alone.
   * @param name the metric, see docs/metrics.md
   * @param options statistic, period and others; by default the sum of five minutes
   * @throws {ConfigError} when the function does not publish it
   */
  metric(name: RunMetric, options: MetricOptions = {}): Metric {
    this.checkPublished(name);
    return runMetric(this.tenant, name, { statistic: Stats.SUM, period: PERIOD, ...options });
  }

  /**
   * A metric of one stream. Those that no alarm watches exist with the prop `allMetrics` alone.
   * @param stream `alerts` or `audit-logs`
   * @param name the metric, see docs/metrics.md
   * @param options statistic, period and others; by default the sum of five minutes
   * @throws {ConfigError} when the function does not publish it, or does not collect the stream
   */
  metricOfStream(stream: Stream, name: StreamMetric, options: MetricOptions = {}): Metric {
    this.checkPublished(name);
    if (!this.measured.streams.includes(stream)) {
      const prop = stream === 'alerts' ? 'collectAlerts' : 'collectAuditLogs';
      throw new ConfigError([`${prop} = false: there are no metrics of ${stream}.`]);
    }
    return streamMetric(this.tenant, stream, name, { statistic: Stats.SUM, period: PERIOD, ...options });
  }

  /** How late new records of a stream are, in seconds; by default the maximum of five minutes. */
  metricWatermarkAge(stream: Stream, options?: MetricOptions): Metric {
    return this.metricOfStream(stream, 'WatermarkAge', { statistic: Stats.MAXIMUM, ...options });
  }

  /** How long ago the records are that were read for the last time, in seconds; by default the minimum of five minutes. */
  metricFinalWatermarkAge(stream: Stream, options?: MetricOptions): Metric {
    return this.metricOfStream(stream, 'FinalWatermarkAge', { statistic: Stats.MINIMUM, ...options });
  }

  /** How old the newest record of a stream is, in seconds; by default the minimum of five minutes. */
  metricSilenceAge(stream: Stream, options?: MetricOptions): Metric {
    return this.metricOfStream(stream, 'SilenceAge', { statistic: Stats.MINIMUM, ...options });
  }

  /** Records of a stream that Datadog refused; by default the sum of five minutes. No value means none. */
  metricLogsQuarantined(stream: Stream, options?: MetricOptions): Metric {
    return this.metricOfStream(stream, 'LogsQuarantined', options);
  }

  /** Streams that a refused key stopped; by default the sum of five minutes. No value means none. */
  metricCredentialFailures(options?: MetricOptions): Metric {
    return this.metric('CredentialFailures', options);
  }

  /** Ranges that Valence refuses; by default the maximum of five minutes. */
  metricHoles(options?: MetricOptions): Metric {
    return this.metric('Holes', { statistic: Stats.MAXIMUM, ...options });
  }

  /** 1 until the first good run; by default the maximum of five minutes. No value means that there was one. */
  metricNotSetUp(options?: MetricOptions): Metric {
    return this.metric('NotSetUp', { statistic: Stats.MAXIMUM, ...options });
  }

  /** Lets an identity call the function: a run now, the check, a replay. */
  grantInvoke(grantee: IGrantable): Grant {
    return grantInvocation(grantee, this.forwarder.handler);
  }

  /** Lets an identity start backfills, and follow and stop them. */
  grantStartBackfill(grantee: IGrantable): Grant {
    return grantStarts(grantee, this.backfill.stateMachine);
  }

  /** Lets an identity read this forwarder's quarantined records, which are not redacted by default. */
  grantReadQuarantine(grantee: IGrantable): Grant {
    return grantQuarantineReads(grantee, this.quarantine, this.tenant);
  }

  /** Lets an identity read watermarks, leases and the ledger. */
  grantReadState(grantee: IGrantable): Grant {
    return grantStateReads(grantee, this.state);
  }

  /** Lets an identity store the two API keys, but not read them. */
  grantStoreKeys(grantee: IGrantable): Grant {
    return grantKeyStorage(grantee, this.secrets);
  }

  private checkPublished(name: RunMetric | StreamMetric): void {
    if (this.measured.allMetrics || ALARM_METRICS[name]) return;
    throw new ConfigError([
      `allMetrics: is not set, so that CloudWatch has no metric ${name}. Its values are in the log; set allMetrics to have all metrics.`,
    ]);
  }
}
