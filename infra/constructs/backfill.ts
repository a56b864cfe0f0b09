import { ArnFormat, Fn, Names, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { backfillDefinition, MAP_LABEL } from '../backfill-definition.ts';
import type { DeploymentProps } from '../deployment-props.ts';
import { invocationOf, logDeliveryStatements, ownExecutionStatements } from './permissions.ts';

const DEFAULT_CONCURRENCY = 4;

/** Source: Step Functions API, `CreateStateMachine`, `name`: 80 characters, of which a stack's id takes 36. */
const MAX_NAME_PREFIX = 80 - 36 - 1;

export interface BackfillProps extends Pick<DeploymentProps, 'backfillConcurrency'> {
  readonly function: IFunction;
  /**
   * How long the log of executions is kept.
   * @default three months
   */
  readonly logRetention?: RetentionDays | undefined;
  /**
   * Key of the log group. Its policy must let CloudWatch Logs use it.
   * @default a key that AWS manages
   */
  readonly encryptionKey?: IKey | undefined;
}

/** The state machine that fills a range of the past with many calls of the function, see backfill-definition.ts. */
export class Backfill extends Construct {
  readonly stateMachine: CfnStateMachine;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: BackfillProps) {
    super(scope, id);
    const { functionArn } = props.function;
    const stack = Stack.of(this);
    // The name is fixed, because the role refers to the machine and the machine to its role.
    const stateMachineName = this.ownName();
    const arnOf = (resource: string, resourceName: string) =>
      stack.formatArn({
        service: 'states',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    const arn = arnOf('stateMachine', stateMachineName);
    const executions = arnOf('execution', `${stateMachineName}:*`);
    const mapExecutions = arnOf('execution', `${stateMachineName}/${MAP_LABEL}:*`);
    this.logGroup = new LogGroup(this, 'Logs', {
      // Source: Step Functions developer guide, "CloudWatch Logs payloads": with any other prefix the size of its
      // resource policy is limited.
      logGroupName: `/aws/vendedlogs/states/${stateMachineName}`,
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.encryptionKey && { encryptionKey: props.encryptionKey }),
    });
    const role = new Role(this, 'Role', {
      description: 'What a backfill of the Valence forwarder may do',
      // Source: Step Functions developer guide, "Cross-service confused deputy prevention". Slices run under a name below
      // the machine's.
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': [arn, `${arn}/*`] },
        },
      }),
      inlinePolicies: {
        backfill: new PolicyDocument({
          statements: [
            ...invocationOf(props.function),
            ...ownExecutionStatements(arn, executions, mapExecutions),
            ...logDeliveryStatements(),
          ],
        }),
      },
    });
    this.stateMachine = new CfnStateMachine(this, 'StateMachine', {
      stateMachineName,
      roleArn: role.roleArn,
      definitionString: stack.toJsonString(
        backfillDefinition({
          functionArn,
          invokeArn: `arn:${stack.partition}:states:::lambda:invoke`,
          concurrency: props.backfillConcurrency ?? DEFAULT_CONCURRENCY,
        }),
        2,
      ),
      loggingConfiguration: {
        level: 'ALL',
        // Times, counts and error messages; never a record or a key.
        includeExecutionData: true,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: this.logGroup.logGroupArn } }],
      },
      tracingConfiguration: { enabled: false },
    });
    this.explain(role, [executions, mapExecutions]);
  }

  /** A name that differs from those of other stacks, and from one that an earlier stack of this name left behind. */
  private ownName(): string {
    const prefix = Names.uniqueResourceName(this, { maxLength: MAX_NAME_PREFIX, separator: '-' });
    return `${prefix}-${Fn.select(2, Fn.split('/', Stack.of(this).stackId))}`;
  }

  private explain(role: Role, executions: readonly string[]) {
    const tracing =
      'One function without callers of its own: the history of an execution shows what a trace would show, and tracing needs permissions on every resource.';
    Validations.of(this.stateMachine).acknowledge(
      { id: 'AwsSolutions-SF2', reason: tracing },
      { id: 'Serverless-StepFunctionStateMachineXray', reason: tracing },
    );
    Validations.of(role).acknowledge(
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'Deliveries of logs have no names of their own, so their actions take no narrower resource.',
      },
      ...executions.map((arn) => ({
        id: `AwsSolutions-IAM5[Resource::${this.asNagWritesIt(arn)}]`,
        reason: 'Executions are named when they are started; these are the machine’s own.',
      })),
    );
  }

  /** A text with references, as the name of a finding contains it. */
  private asNagWritesIt(text: string): string {
    const {
      'Fn::Join': [, parts],
    } = Stack.of(this).resolve(text) as { 'Fn::Join': [string, unknown[]] };
    return parts
      .map((part) => {
        if (typeof part === 'string') return part;
        const { Ref } = part as { Ref?: string };
        return Ref ? `<${Ref}>` : JSON.stringify(part);
      })
      .join('');
  }
}
