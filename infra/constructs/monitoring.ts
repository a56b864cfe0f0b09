import type { AlarmBase, Dashboard, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { PAGES } from '../../lambda/contract.ts';
import type { ValenceForwarderProps } from '../forwarder-props.ts';
import { headingOf, readProject, runbookOf } from '../project/project.ts';
import { type AlarmTexts, alarmArn, alarmName, makeAlarm } from './monitoring/alarm-factory.ts';
import { AlarmTopic } from './monitoring/alarm-topic.ts';
import { consoleLinks } from './monitoring/console-links.ts';
import { forwarderDashboard } from './monitoring/dashboard.ts';
import { deliveryAlarms } from './monitoring/delivery-alarms.ts';
import { firstCommands } from './monitoring/first-commands.ts';
import { labelOf } from './monitoring/label.ts';
import { pages } from './monitoring/pages.ts';
import { runAlarms } from './monitoring/run-alarms.ts';
import { saveQueries } from './monitoring/saved-queries.ts';
import { setUpAlarm } from './monitoring/set-up-alarm.ts';
import { streamAlarms } from './monitoring/stream-alarms.ts';
import type { Watched } from './monitoring/watched.ts';

export interface MonitoringProps
  extends Watched,
    Pick<
      ValenceForwarderProps,
      'alarmEmail' | 'alarmTopic' | 'alarmActions' | 'runbookUrl' | 'encryptionKey'
    > {}

/** Alarms, dashboard and saved queries of one forwarder. Streams that are switched off are not watched. */
export class Monitoring extends Construct {
  /** Those that notify, and those that show details. */
  readonly alarms: AlarmBase[];
  readonly dashboard: Dashboard;
  /** What the names of the alarms begin with. */
  readonly label: string;
  /** Address of the dashboard in the AWS console. */
  readonly dashboardUrl: string;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const label = labelOf(scope);
    this.label = label;
    const links = consoleLinks(this);
    const { runbookUrl = runbookOf(readProject()) } = props;
    const specs = [
      setUpAlarm(props),
      ...runAlarms(props),
      ...deliveryAlarms(props),
      ...props.config.streams.flatMap((stream) => streamAlarms(props, stream)),
    ];
    const names = [
      ...PAGES.map((kind) => alarmName({ label }, kind)),
      ...specs.map(({ kind, stream }) => alarmName({ label }, kind, stream)),
    ];
    // Alarms name the dashboard in their text, so the dashboard names the alarms without depending on them.
    const alarmArns = names.map((name) => alarmArn(this, name));
    this.dashboard = forwarderDashboard(this, props, { alarmArns, runbookUrl });
    this.dashboardUrl = links.dashboard(this.dashboard.dashboardName);
    const texts: AlarmTexts = {
      label,
      runbook: (kind) =>
        runbookUrl
          ? `Runbook: ${runbookUrl}#${kind}`
          : `Runbook: "${headingOf(kind)}", at the end of ${this.dashboardUrl}`,
      logUrl: links.log(props.logGroup),
      first: firstCommands(this, props),
    };
    const made = specs.map((spec) => makeAlarm(this, texts, spec));
    const notifying = pages(this, texts, props, { made, actions: this.actions(props) });
    this.alarms = [...notifying, ...made.map(({ alarm }) => alarm)];
    saveQueries(this, label, props.logGroup);
  }

  private actions({
    alarmEmail,
    alarmTopic,
    alarmActions = [],
    encryptionKey,
  }: MonitoringProps): IAlarmAction[] {
    const own = alarmEmail && new AlarmTopic(this, 'Topic', { email: alarmEmail, encryptionKey }).topic;
    const topics = [own, alarmTopic].filter((topic) => topic !== undefined && topic !== '');
    return [...topics.map((topic) => new SnsAction(topic)), ...alarmActions];
  }
}
