import { type Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';

/** The group of schedules that name no other. */
const DEFAULT_GROUP = 'default';

export interface ForwarderScheduleProps {
  readonly function: IFunction;
  /** Time between two runs, in whole minutes. */
  readonly interval: Duration;
}

/** Starts the function at even intervals, and may do nothing else. */
export class ForwarderSchedule extends Construct {
  readonly schedule: Schedule;

  constructor(scope: Construct, id: string, props: ForwarderScheduleProps) {
    super(scope, id);
    const { functionArn } = props.function;
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', {
      description: 'Lets EventBridge Scheduler start the Valence forwarder',
      // Source: EventBridge Scheduler user guide, "Confused deputy prevention".
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': stack.account,
            'aws:SourceArn': stack.formatArn({
              service: 'scheduler',
              resource: 'schedule-group',
              resourceName: DEFAULT_GROUP,
            }),
          },
        },
      }),
      inlinePolicies: {
        invoke: new PolicyDocument({
          statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] })],
        }),
      },
    });
    this.schedule = new Schedule(this, 'Schedule', {
      description: 'Runs the Valence forwarder',
      schedule: ScheduleExpression.rate(props.interval),
      // The library's own Lambda target also grants every version and alias of the function.
      target: {
        bind: () => ({
          arn: functionArn,
          role,
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: props.interval.toSeconds() },
        }),
      },
    });
  }
}
