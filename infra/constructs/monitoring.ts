import type { Alarm, Dashboard, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { readProject, runbookOf } from '../project/project.ts';
import { alarmFactory } from './monitoring/alarm-factory.ts';
import { AlarmTopic } from './monitoring/alarm-topic.ts';
import { consoleLinks } from './monitoring/console-links.ts';
import { forwarderDashboard } from './monitoring/dashboard.ts';
import { deliveryAlarms } from './monitoring/delivery-alarms.ts';
import { runAlarms } from './monitoring/run-alarms.ts';
import { saveQueries } from './monitoring/saved-queries.ts';
import { streamAlarms } from './monitoring/stream-alarms.ts';
import type { Watched } from './monitoring/watched.ts';

/** Where alarms go, and where they point to. */
export interface AlarmSettings {
  /**
   * Receives a mail for every alarm, by a topic of its own.
   * @default no mail
   */
  readonly alarmEmail?: string | undefined;
  /**
   * Existing topic that every alarm is published to. Its policy must let `cloudwatch.amazonaws.com` publish, and the
   * policy of the key it may be encrypted with must let it use the key (`kms:Decrypt`, `kms:GenerateDataKey*`).
   * @default none
   */
  readonly alarmTopic?: ITopic | undefined;
  /**
   * Address of the runbook that the alarms point to; the name of the alarm is appended as anchor.
   * @default docs/runbook.md in the repository of project.json; its path alone while that is empty
   */
  readonly runbookUrl?: string | undefined;
}

export interface MonitoringProps extends Watched, AlarmSettings {}

/** Alarms, dashboard and saved queries of one forwarder. Streams that are switched off are not watched. */
export class Monitoring extends Construct {
  readonly alarms: Alarm[];
  readonly dashboard: Dashboard;
  /** Address of the dashboard in the AWS console. */
  readonly dashboardUrl: string;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { tenant, streams } = props.config;
    const { runbookUrl = runbookOf(readProject()) } = props;
    const links = consoleLinks(this);
    const specs = [
      ...runAlarms(props),
      ...deliveryAlarms(props),
      ...streams.flatMap((stream) => streamAlarms(props, stream)),
    ];
    this.alarms = specs.map(
      alarmFactory(this, {
        tenant,
        runbookUrl,
        consoleUrl: links.log(props.logGroup),
        actions: this.actions(props),
      }),
    );
    this.dashboard = forwarderDashboard(this, props, { alarms: this.alarms, runbookUrl });
    this.dashboardUrl = links.dashboard(this.dashboard.dashboardName);
    saveQueries(this, tenant, props.logGroup);
  }

  private actions({ alarmEmail, alarmTopic }: MonitoringProps): IAlarmAction[] {
    const own = alarmEmail && new AlarmTopic(this, 'Topic', { email: alarmEmail }).topic;
    return [own, alarmTopic]
      .filter((topic) => topic !== undefined && topic !== '')
      .map((topic) => new SnsAction(topic));
  }
}
