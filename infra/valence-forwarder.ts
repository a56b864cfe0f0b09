import { type CfnElement, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ConfigError } from '../lambda/common/errors.ts';
import { readConfig } from '../lambda/forwarder/config.ts';
import { ForwarderFunction } from './constructs/forwarder-function.ts';
import { type AlarmSettings, Monitoring } from './constructs/monitoring.ts';
import { useOfBucket, useOfSecrets, useOfTable } from './constructs/permissions.ts';
import { Quarantine } from './constructs/quarantine.ts';
import { ForwarderSchedule } from './constructs/schedule.ts';
import { ApiKeySecrets } from './constructs/secrets.ts';
import { State } from './constructs/state.ts';
import {
  environmentProblems,
  type ForwarderSettings,
  forwarderEnvironment,
} from './forwarder-environment.ts';
import { defaultTimeout, fitsInterval } from './run-timeout.ts';
import { ALLOWED_INTERVAL, isAllowedInterval } from './schedule-rate.ts';

const DEFAULT_TENANT = 'default';
const DEFAULT_INTERVAL = Duration.minutes(5);

export interface ValenceForwarderProps extends ForwarderSettings, AlarmSettings {
  /**
   * Secret that holds the Valence API key.
   * @default a new and empty secret that outlives the stack
   */
  readonly valenceSecret?: ISecret | undefined;
  /**
   * Secret that holds the Datadog API key.
   * @default a new and empty secret that outlives the stack
   */
  readonly datadogSecret?: ISecret | undefined;
  /**
   * Time between two runs: whole minutes, from 1 minute to 6 hours.
   * @default 5 minutes
   */
  readonly interval?: Duration | undefined;
  /**
   * The function's timeout. A run must end more than 20 seconds before the next one starts.
   * @default 240 seconds, or 25 seconds less than the interval where that is shorter
   */
  readonly timeout?: Duration | undefined;
  /**
   * How long the function's log is kept.
   * @default three months
   */
  readonly logRetention?: RetentionDays | undefined;
  /**
   * How long a quarantined record is kept.
   * @default one year
   */
  readonly quarantineRetention?: Duration | undefined;
}

/** Rules about time that the given values break. */
function timingProblems(interval: Duration, timeout: Duration | undefined): string[] {
  if (!isAllowedInterval(interval)) {
    return [`interval = ${interval.toHumanString()}: must be whole minutes, ${ALLOWED_INTERVAL}.`];
  }
  if (timeout && !fitsInterval(timeout, interval)) {
    return [
      `timeout = ${timeout.toHumanString()}: must end more than 20 seconds before the next run, which starts ${interval.toHumanString()} after this one.`,
    ];
  }
  return [];
}

/** A forwarder from one Valence account to one Datadog organisation, with everything it needs. */
export class ValenceForwarder extends Construct {
  readonly state: State;
  readonly quarantine: Quarantine;
  readonly secrets: ApiKeySecrets;
  readonly forwarder: ForwarderFunction;
  readonly schedule: ForwarderSchedule;
  readonly monitoring: Monitoring;

  /** @throws {ConfigError} with every rule that the given values break */
  constructor(scope: Construct, id: string, props: ValenceForwarderProps = {}) {
    super(scope, id);
    const tenant = props.tenant ?? DEFAULT_TENANT;
    const interval = props.interval ?? DEFAULT_INTERVAL;
    this.state = new State(this, 'State');
    this.quarantine = new Quarantine(this, 'Quarantine', { retention: props.quarantineRetention });
    this.secrets = new ApiKeySecrets(this, 'Secrets', {
      valence: props.valenceSecret,
      datadog: props.datadogSecret,
    });
    const resources = {
      table: this.state.table,
      bucket: this.quarantine.bucket,
      valenceSecret: this.secrets.valence,
      datadogSecret: this.secrets.datadog,
    };

    const environment = forwarderEnvironment({ ...props, tenant }, resources);
    const problems = [...timingProblems(interval, props.timeout), ...environmentProblems(environment)];
    if (problems.length > 0) throw new ConfigError(problems);

    const timeout = props.timeout ?? defaultTimeout(interval);
    const quarantinePrefix = `quarantine/${tenant}`;
    this.forwarder = new ForwarderFunction(this, 'Function', {
      environment,
      permissions: [
        ...useOfTable(resources.table),
        ...useOfSecrets(resources.valenceSecret, resources.datadogSecret),
        ...useOfBucket(resources.bucket, quarantinePrefix),
      ],
      timeout,
      interval,
      logRetention: props.logRetention,
    });
    // An existing secret may lie under a customer managed key.
    resources.valenceSecret.encryptionKey?.grantDecrypt(this.forwarder.role);
    resources.datadogSecret.encryptionKey?.grantDecrypt(this.forwarder.role);
    const bucketId = Stack.of(this).getLogicalId(resources.bucket.node.defaultChild as CfnElement);
    Validations.of(this.forwarder.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/${quarantinePrefix}/*]`,
      reason:
        'Objects are named by the records they hold; everything below the prefix is this forwarder’s own.',
    });
    this.schedule = new ForwarderSchedule(this, 'Schedule', { function: this.forwarder.handler, interval });
    this.monitoring = new Monitoring(this, 'Monitoring', {
      config: readConfig(environment),
      function: this.forwarder.handler,
      timeout,
      logGroup: this.forwarder.logGroup,
      table: this.state.table,
      interval,
      alarmEmail: props.alarmEmail,
      alarmTopic: props.alarmTopic,
      runbookUrl: props.runbookUrl,
    });
    // Nothing runs unwatched.
    this.schedule.schedule.node.addDependency(...this.monitoring.alarms);
  }
}
