import { type Duration, Fn, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleGroup, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { FailureQueue } from './failure-queue.ts';
import { keyStatements, queueStatements } from './permissions.ts';

/** Source: EventBridge Scheduler API, `CreateScheduleGroup`, `Name`: 64 characters, of which a stack's id takes 36. */
const MAX_GROUP_NAME_PREFIX = 64 - 36 - 1;

export interface ForwarderScheduleProps {
  readonly function: IFunction;
  /** The shortest time between two runs, in whole minutes. */
  readonly interval: Duration;
  /**
   * When to run.
   * @default every `interval`
   */
  readonly expression?: ScheduleExpression | undefined;
  /**
   * The longest random delay of a start, so that many forwarders do not start at once.
   * @default not at all
   */
  readonly window?: Duration | undefined;
  /**
   * Key of the dead-letter queue.
   * @default a key that SQS manages
   */
  readonly encryptionKey?: IKey | undefined;
}

/** Starts the function; its role permits nothing else. A start that fails is tried twice more, and then kept in a queue. */
export class ForwarderSchedule extends Construct {
  readonly schedule: Schedule;
  readonly group: ScheduleGroup;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: ForwarderScheduleProps) {
    super(scope, id);
    const { functionArn } = props.function;
    this.deadLetterQueue = new FailureQueue(this, 'DeadLetters', {
      encryptionKey: props.encryptionKey,
    }).queue;
    this.group = this.ownGroup();
    const role = new Role(this, 'Role', {
      description: 'Lets EventBridge Scheduler start the Valence forwarder',
      // Source: EventBridge Scheduler user guide, "Confused deputy prevention".
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Stack.of(this).account,
            'aws:SourceArn': this.group.scheduleGroupArn,
          },
        },
      }),
      inlinePolicies: {
        invoke: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }),
            ...queueStatements(this.deadLetterQueue),
            ...keyStatements(props.encryptionKey, 'sqs'),
          ],
        }),
      },
    });
    this.schedule = new Schedule(this, 'Schedule', {
      description: 'Runs the Valence forwarder',
      schedule: props.expression ?? ScheduleExpression.rate(props.interval),
      scheduleGroup: this.group,
      timeWindow: props.window ? TimeWindow.flexible(props.window) : TimeWindow.off(),
      // The library's own Lambda target also grants every version and alias of the function.
      target: {
        bind: () => ({
          arn: functionArn,
          role,
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: props.interval.toSeconds() },
          deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
        }),
      },
    });
  }

  /**
   * A separate group, because the scheduler publishes its metrics by group. The name contains the stack's id, so that it
   * differs from the groups of other stacks, and from one that an earlier stack of this name left behind.
   */
  private ownGroup(): ScheduleGroup {
    const prefix = Names.uniqueResourceName(this, { maxLength: MAX_GROUP_NAME_PREFIX, separator: '-' });
    const stackUuid = Fn.select(2, Fn.split('/', Stack.of(this).stackId));
    return new ScheduleGroup(this, 'Group', {
      scheduleGroupName: `${prefix}-${stackUuid}`,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
