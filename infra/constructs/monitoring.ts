import type { Alarm, Dashboard, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { DeploymentProps } from '../deployment-props.ts';
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

export interface MonitoringProps
  extends Watched,
    Pick<DeploymentProps, 'alarmEmail' | 'alarmTopic' | 'runbookUrl' | 'encryptionKey'> {}

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

  private actions({ alarmEmail, alarmTopic, encryptionKey }: MonitoringProps): IAlarmAction[] {
    const own = alarmEmail && new AlarmTopic(this, 'Topic', { email: alarmEmail, encryptionKey }).topic;
    return [own, alarmTopic]
      .filter((topic) => topic !== undefined && topic !== '')
      .map((topic) => new SnsAction(topic));
  }
}
