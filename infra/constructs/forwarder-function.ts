import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  type IRole,
  PolicyDocument,
  type PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { functionCode } from '#function-code';
import { DEFAULT_MEMORY_MIB } from '../../lambda/limits.ts';
import { forwarderNodeFlags } from '../../lambda/shared/node-flags.ts';
import { DESCRIPTION } from '../description.ts';
import type { ValenceForwarderProps } from '../forwarder-props.ts';
import { FailureQueue } from './failure-queue.ts';
import { acknowledgeNetwork, inNetwork } from './network.ts';
import { logGroupStatements, networkStatements, queueStatements } from './permissions.ts';

/** How long Lambda keeps an asynchronous event. Source: Lambda API, `MaximumEventAgeInSeconds` (60 to 21600). */
const MAX_EVENT_AGE = Duration.hours(6);

export interface ForwarderFunctionProps
  extends Pick<
    ValenceForwarderProps,
    | 'role'
    | 'memorySize'
    | 'logLevel'
    | 'reservedConcurrency'
    | 'logRetention'
    | 'vpc'
    | 'vpcSubnets'
    | 'securityGroups'
    | 'httpsProxy'
  > {
  /** Environment variables, see docs/configuration.md. */
  readonly environment: Record<string, string>;
  /** What the function may do in addition to writing its log. */
  readonly permissions: PolicyStatement[];
  readonly timeout: Duration;
  /** The shortest time between two scheduled runs. */
  readonly interval: Duration;
  /**
   * Key of log group and failure queue. Its policy must let CloudWatch Logs use it.
   * @default keys that AWS manages
   */
  readonly encryptionKey?: IKey | undefined;
}

/** The function with its role, its log group, and the queue for failed events. */
export class ForwarderFunction extends Construct {
  readonly handler: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: IRole;
  readonly failureQueue: Queue;

  constructor(scope: Construct, id: string, props: ForwarderFunctionProps) {
    super(scope, id);
    const { encryptionKey, vpc, memorySize = DEFAULT_MEMORY_MIB } = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
    });
    this.failureQueue = new FailureQueue(this, 'Failures', { encryptionKey }).queue;
    const statements = [
      ...logGroupStatements(this.logGroup),
      ...queueStatements(this.failureQueue),
      ...props.permissions,
      ...(vpc ? networkStatements() : []),
    ];
    this.role = props.role ?? this.ownRole(statements);
    if (props.role) for (const statement of statements) props.role.addToPrincipalPolicy(statement);
    const failures = this.failureQueue.queueArn;
    this.handler = new LambdaFunction(this, 'Handler', {
      description: DESCRIPTION,
      code: functionCode('forwarder'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize,
      timeout: props.timeout,
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // The function's logger decides the level. Lambda's own setting also suppresses the metrics, which are lines of the log
      // and count as INFO.
      applicationLogLevelV2:
        props.logLevel === 'DEBUG' ? ApplicationLogLevel.DEBUG : ApplicationLogLevel.INFO,
      environment: { ...props.environment, NODE_OPTIONS: forwarderNodeFlags(memorySize).join(' ') },
      // The next scheduled run is the retry: it continues from the saved watermark.
      retryAttempts: 0,
      maxEventAge: Duration.seconds(Math.min(props.interval.toSeconds(), MAX_EVENT_AGE.toSeconds())),
      // The library's own destination also grants reading the queue's attributes.
      onFailure: { bind: () => ({ destination: failures }) },
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      ...inNetwork(this, 'Valence forwarder: HTTPS out, nothing in', props),
    });
    if (vpc) acknowledgeNetwork(this.role);
    this.explain();
  }

  private ownRole(statements: PolicyStatement[]): Role {
    return new Role(this, 'Role', {
      description: 'What the Valence forwarder may do',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { forwarder: new PolicyDocument({ statements }) },
    });
  }

  private explain() {
    Validations.of(this.handler).acknowledge(
      {
        id: 'Serverless-LambdaDLQ',
        reason: 'Failed events go to an on-failure destination, together with the error.',
      },
      {
        id: 'Serverless-LambdaTracing',
        reason:
          'One function without callers: its log and metrics show what a trace would show, and tracing needs permissions on every resource.',
      },
    );
  }
}
