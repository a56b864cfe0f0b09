import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { forwarderCode } from './forwarder-code.ts';
import { useOfLogs } from './permissions.ts';

const MEMORY_MIB = 512;

export interface ForwarderFunctionProps {
  /** Environment variables, see docs/configuration.md. */
  readonly environment: Record<string, string>;
  /** What the function may do besides writing its log. */
  readonly permissions: PolicyStatement[];
  readonly timeout: Duration;
  /** Time between two scheduled runs. */
  readonly interval: Duration;
  /**
   * How long the function's log is kept.
   * @default three months
   */
  readonly logRetention?: RetentionDays | undefined;
}

/** The function with its role and its log group. */
export class ForwarderFunction extends Construct {
  readonly handler: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ForwarderFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      description: 'What the Valence forwarder may do',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        forwarder: new PolicyDocument({ statements: [...useOfLogs(this.logGroup), ...props.permissions] }),
      },
    });
    this.handler = new LambdaFunction(this, 'Handler', {
      description: 'Forwards Valence Security alerts and audit logs to Datadog',
      code: forwarderCode(),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MIB,
      timeout: props.timeout,
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
      // The next scheduled run is the retry: it goes on from the saved watermark.
      retryAttempts: 0,
      maxEventAge: props.interval,
    });
  }
}
