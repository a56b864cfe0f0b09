import { Annotations, type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { quarantineRoot } from '../lambda/contract.ts';
import type { Config } from '../lambda/forwarder/config.ts';
import { ConfigError } from '../lambda/shared/errors.ts';
import { clashesOf } from './clashes.ts';
import { Backfill } from './constructs/backfill.ts';
import { ForwarderFunction } from './constructs/forwarder-function.ts';
import { letServicesUse } from './constructs/key-policy.ts';
import { Monitoring } from './constructs/monitoring.ts';
import { ForwarderOutputs, outputPrefixOf } from './constructs/outputs.ts';
import {
  bucketStatements,
  keysStatements,
  secretKeyStatements,
  secretStatements,
  tableStatements,
} from './constructs/permissions.ts';
import { Quarantine } from './constructs/quarantine.ts';
import { ForwarderSchedule } from './constructs/schedule.ts';
import { ApiKeySecrets } from './constructs/secrets.ts';
import { State } from './constructs/state.ts';
import { ForwarderBase } from './forwarder-base.ts';
import { environmentProblems, forwarderEnvironment, readBeforeDeployment } from './forwarder-environment.ts';
import { propProblems } from './forwarder-problems.ts';
import type { ValenceForwarderProps } from './forwarder-props.ts';
import { halfImported } from './half-imported.ts';
import { warnOfUnknownPaths } from './path-warnings.ts';
import { applyRoleRules } from './role-rules.ts';
import { runGaps } from './run-gaps.ts';
import { defaultTimeout } from './run-timeout.ts';

/**
 * A forwarder from one Valence account to one Datadog organisation, with everything it needs. Its stack has outputs by which
 * `ops` finds it.
 */
export class ValenceForwarder extends ForwarderBase {
  readonly tenant: string;
  readonly state: State;
  readonly quarantine: Quarantine;
  readonly secrets: ApiKeySecrets;
  readonly forwarder: ForwarderFunction;
  /** Starts the function. */
  readonly schedule: ForwarderSchedule;
  readonly backfill: Backfill;
  /** Alarms and dashboard. */
  readonly monitoring: Monitoring;
  protected readonly measured: Pick<Config, 'streams' | 'allMetrics'>;

  /** @throws {ConfigError} with every rule that the given values break */
  constructor(scope: Construct, id: string, props: ValenceForwarderProps = {}) {
    super(scope, id);
    const { encryptionKey, removalPolicy } = props;
    if (encryptionKey) letServicesUse(encryptionKey);
    const gaps = runGaps(props);
    const interval = gaps.longest;
    this.warn('schedule', gaps.warnings);
    this.warn('half-imported', halfImported(props));
    const keyOf = (existing: ITableV2 | IBucket | undefined) =>
      (existing && (props.dataKey ?? existing.encryptionKey)) ?? encryptionKey;
    this.state = new State(this, 'State', {
      table: props.stateTable,
      encryptionKey: keyOf(props.stateTable),
      removalPolicy,
    });
    this.quarantine = new Quarantine(this, 'Quarantine', {
      bucket: props.quarantineBucket,
      retention: props.quarantineRetention,
      encryptionKey: keyOf(props.quarantineBucket),
      removalPolicy,
    });
    this.secrets = new ApiKeySecrets(this, 'Secrets', {
      valence: props.valenceSecret,
      datadog: props.datadogSecret,
      secretsKey: props.secretsKey,
      encryptionKey,
      removalPolicy,
    });

    const environment = forwarderEnvironment(props, {
      interval,
      table: this.state.table,
      bucket: this.quarantine.bucket,
      valenceSecret: this.secrets.valence,
      datadogSecret: this.secrets.datadog,
      proxySecret: props.proxySecret,
    });
    const read = readBeforeDeployment(environment);
    const problems = [
      ...propProblems(Stack.of(this), gaps, props),
      ...environmentProblems(environment),
      ...('problems' in read ? read.problems : []),
    ];
    if (problems.length > 0 || 'problems' in read) throw new ConfigError(problems);
    this.tenant = read.config.tenant;
    this.measured = read.config;
    const clashes = clashesOf(this, this.others());
    if (clashes.problems.length > 0) throw new ConfigError(clashes.problems);

    this.warn('clash', clashes.warnings);
    warnOfUnknownPaths(this, read.config);
    const timeout = props.timeout ?? defaultTimeout(gaps.shortest, props.window);
    this.forwarder = new ForwarderFunction(this, 'Function', {
      ...props,
      environment,
      permissions: this.permissions(read.config.tenant, props),
      timeout,
      interval: gaps.shortest,
    });
    if (props.quarantineLocked) this.quarantine.lockFor(this.forwarder.role);
    this.schedule = new ForwarderSchedule(this, 'Schedule', {
      function: this.forwarder.handler,
      interval: gaps.shortest,
      expression: props.schedule,
      window: props.window,
      encryptionKey,
    });
    this.backfill = new Backfill(this, 'Backfill', { ...props, function: this.forwarder.handler });
    const { outputPrefix = outputPrefixOf(this.tenant) } = props;
    this.monitoring = new Monitoring(this, 'Monitoring', {
      ...props,
      outputPrefix,
      config: read.config,
      function: this.forwarder.handler,
      timeout,
      logGroup: this.forwarder.logGroup,
      table: this.state.table,
      interval,
      spacing: gaps.shortest,
      delay: gaps.delay,
      secrets: this.secrets,
      delivery: {
        scheduleGroup: this.schedule.group,
        deadLetterQueue: this.schedule.deadLetterQueue,
        failureQueue: this.forwarder.failureQueue,
      },
    });
    new ForwarderOutputs(this, 'Outputs', outputPrefix, this, props);
    // Nothing runs unwatched.
    this.schedule.schedule.node.addDependency(...this.monitoring.alarms);
    applyRoleRules(this, props);
  }

  private warn(about: string, warnings: readonly string[]): void {
    for (const [index, warning] of warnings.entries()) {
      Annotations.of(this).addWarningV2(`valence-forwarder:${about}-${index}`, warning);
    }
  }

  /** The forwarders that the app already has; one that was refused is none. */
  private others(): ValenceForwarder[] {
    return this.node.root.node
      .findAll()
      .filter((each) => each instanceof ValenceForwarder)
      .filter((each) => each !== this && each.tenant !== undefined);
  }

  /** What the function may do in addition to writing its log. */
  private permissions(
    tenant: string,
    { encryptionKey, secretsKey, proxySecret }: ValenceForwarderProps,
  ): PolicyStatement[] {
    const prefix = quarantineRoot(tenant);
    const { bucket } = this.quarantine;
    const own = bucket.node.defaultChild as CfnElement | undefined;
    const bucketArn = own
      ? `<${Stack.of(this).getLogicalId(own)}.Arn>`
      : `arn:<AWS::Partition>:s3:::${bucket.bucketName}`;
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${bucketArn}/${prefix}*]`,
      reason:
        'Objects are named by the records they hold; everything below the prefix is this forwarder’s own.',
    });
    const secrets = [this.secrets.valence, this.secrets.datadog, ...(proxySecret ? [proxySecret] : [])];
    return [
      ...tableStatements(this.state.table),
      ...secretStatements(...secrets),
      ...secretKeyStatements([secretsKey, ...secrets.map((secret) => secret.encryptionKey)]),
      ...bucketStatements(bucket, prefix),
      ...keysStatements({
        dynamodb: this.state.encryptionKey,
        s3: this.quarantine.encryptionKey,
        secretsmanager: encryptionKey,
        sqs: encryptionKey,
      }),
    ];
  }
}
