import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmRule,
  AlarmState,
  CompositeAlarm,
  type IAlarmAction,
  type IAlarmRule,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { AlarmKind, PageKind } from '../../../lambda/contract.ts';
import { type AlarmTexts, alarmName, alarmText, idOf, type MadeAlarm } from './alarm-factory.ts';
import { alarmTiming } from './timing.ts';
import { paceSeconds, type Watched } from './watched.ts';

/** How an alarm notifies: through one of the three pages, by itself, or not at all. */
type Route = PageKind | 'itself' | 'none';

/**
 * The page that each alarm belongs to, by cause: alarms that one cause raises together share a page, so that it rings once.
 *
 * `watermark-age-critical` follows from the same causes as `stopped`, twelve hours later. It rings again, because from then on waiting
 * changes the dates of records. Those without a page are early signs of what other alarms report; a long backfill raises them, too.
 */
export const ROUTES: Readonly<Record<AlarmKind, Route>> = {
  'not-set-up': 'itself',
  errors: 'stopped',
  'credential-failures': 'stopped',
  'failed-events': 'stopped',
  'not-running': 'stopped',
  'dropped-invocations': 'stopped',
  'dead-letters': 'stopped',
  'watermark-age-warning': 'stopped',
  'final-watermark-age': 'stopped',
  'watermark-age-critical': 'records',
  'quarantined-logs': 'records',
  'table-writes': 'records',
  silence: 'unseen',
  holes: 'unseen',
  duration: 'none',
  throttles: 'none',
};

/** Alarms that a deployment raises before its first run, because missing data are bad. */
const RAISED_BEFORE_FIRST_RUN: readonly AlarmKind[] = ['not-running', 'watermark-age-warning'];

/** What each page says. */
const WHAT: Readonly<Record<PageKind, string>> = {
  stopped:
    'The forwarder does not run, its runs fail, or it is late. Nothing is lost: the next successful run continues from the saved watermark. The alarms of the dashboard that are raised show which of it.',
  records:
    'Records reach Datadog too late, not at all, or in numbers that no healthy source has. The alarms of the dashboard that are raised show which of it.',
  unseen:
    'The forwarder sees no records: Valence has shown nothing new for a day, refuses ranges, or no run has reported since the deployment. The alarms of the dashboard that are raised show which of it.',
};

/** The metrics that decide between a page and the alarm that suppresses it are up to two minutes apart. */
const WAIT = Duration.minutes(3);

/** Enough for the alarms that a good run ends. */
const EXTENSION = Duration.minutes(5);

/**
 * The composite alarms that notify. All of them are silent while the alarm `not-set-up` is raised.
 * @param made all alarms
 * @param actions what happens when a page or `not-set-up` is raised, and when it ends
 */
export function pages(
  scope: Construct,
  texts: AlarmTexts,
  watched: Watched,
  { made, actions }: { made: readonly MadeAlarm[]; actions: readonly IAlarmAction[] },
): CompositeAlarm[] {
  const of = (kind: AlarmKind): Alarm => {
    const found = made.find(({ spec }) => spec.kind === kind);
    if (!found) throw new Error(`There is no alarm ${kind}.`);
    return found.alarm;
  };
  const suppressor = of('not-set-up');
  notify(suppressor, actions);
  // Holes are in every report of the function, and without data their alarm keeps its state: at first, that it has none.
  const neverReported = AlarmRule.fromAlarm(of('holes'), AlarmState.INSUFFICIENT_DATA);
  const page = (kind: PageKind, rule: IAlarmRule, wait = WAIT) => {
    const composite = new CompositeAlarm(scope, idOf(kind), {
      compositeAlarmName: alarmName(texts, kind),
      alarmDescription: alarmText(texts, kind, WHAT[kind]),
      alarmRule: rule,
      actionsSuppressor: suppressor,
      actionsSuppressorWaitPeriod: wait,
      actionsSuppressorExtensionPeriod: EXTENSION,
    });
    notify(composite, actions);
    return composite;
  };
  const raised = (kind: PageKind, filter: (kind: AlarmKind) => boolean = () => true): IAlarmRule[] =>
    made
      .filter(({ spec }) => ROUTES[spec.kind] === kind && filter(spec.kind))
      .map(({ alarm }) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM));
  const isEarly = (kind: AlarmKind) => RAISED_BEFORE_FIRST_RUN.includes(kind);
  return [
    page(
      'stopped',
      AlarmRule.anyOf(
        ...raised('stopped', (kind) => !isEarly(kind)),
        AlarmRule.allOf(AlarmRule.anyOf(...raised('stopped', isEarly)), AlarmRule.not(neverReported)),
      ),
    ),
    page('records', AlarmRule.anyOf(...raised('records'))),
    page(
      'unseen',
      AlarmRule.anyOf(
        ...raised('unseen', (kind) => kind !== 'silence'),
        // Failed runs see nothing, and the page about them is raised already.
        AlarmRule.allOf(
          AlarmRule.anyOf(...raised('unseen', (kind) => kind === 'silence'), neverReported),
          AlarmRule.not(AlarmRule.fromAlarm(of('errors'), AlarmState.ALARM)),
        ),
      ),
      // The first run may take so long to come.
      Duration.seconds(alarmTiming.firstRunPeriod(...paceSeconds(watched))),
    ),
  ];
}

function notify(alarm: Alarm | CompositeAlarm, actions: readonly IAlarmAction[]): void {
  alarm.addAlarmAction(...actions);
  alarm.addOkAction(...actions);
}
