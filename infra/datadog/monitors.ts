import { type AlarmKind, OWN_LOG, STACK_OUTPUTS } from '../../lambda/contract.ts';
import { HOUR_SECONDS, OLDEST_DATED_SECONDS } from '../../lambda/limits.ts';
import { type DatadogSite, webOrigin } from '../../lambda/shared/datadog-sites.ts';
import { criticalAge, lateAge } from '../../lambda/shared/lag.ts';
import { alarmTiming } from '../constructs/monitoring/timing.ts';
import { headingOf } from '../project/project.ts';
import { boardAddress } from './dashboards/links.ts';

/** After this Datadog forgets a group. Source: Datadog API reference, "Monitors" (v1), `group_retention_duration`. */
const MAX_RETENTION = '72h';

/**
 * A monitor of logs. It has no `timeout_h`, so Datadog never resolves it by itself. Source: Datadog API reference, "Monitors" (v1); all names are Datadog's.
 */
export interface Monitor {
  name: string;
  type: 'log alert';
  query: string;
  message: string;
  tags: readonly string[];
  /** 1 is the most urgent, 5 the least. */
  priority: 1 | 2 | 3;
  options: {
    thresholds: { critical: number };
    /** A search without results counts as zero. */
    on_missing_data: 'default';
    /** How long a group without logs is still evaluated; only of a query with groups. */
    group_retention_duration?: typeof MAX_RETENTION;
    include_tags: true;
    enable_logs_sample: true;
    /** Minutes after which a monitor that still alerts notifies again, as often as it takes. */
    renotify_interval: number;
  };
}

/** Settings that the monitors depend on. */
export interface MonitorSettings {
  /** The longest time between two runs of a forwarder, in seconds. */
  intervalSeconds: number;
  /** Address of docs/runbook.md, if it has one. */
  runbookUrl: string | undefined;
  /** Site of the organisation, for links. */
  datadogSite: DatadogSite;
}

const FORWARDER = `source:${OWN_LOG.ddsource} service:${OWN_LOG.service}`;

/** Datadog looks back two days at most. Source: as for {@link Monitor}, "Log alert query". */
const MAX_WINDOW_MINUTES = 2880;

const REMIND_AFTER_MINUTES = 24 * 60;

/** Datadog fills in the time of the alert, in epoch milliseconds. The day before it shows the last runs of a silent forwarder. */
const DAY_BEFORE =
  'from_ts={{eval "last_triggered_at_epoch-86400000"}}&to_ts={{eval "last_triggered_at_epoch"}}&live=false';

interface Watch {
  name: string;
  priority: Monitor['priority'];
  search: string;
  /** How far to look back, in seconds. */
  window: number;
  /** Which number of run summaries in the window triggers the monitor. */
  when: `${'<' | '>'} ${number}`;
  /** Whether each forwarder alerts separately. Otherwise the monitor alerts on all together, and Datadog never forgets it. */
  grouped: boolean;
  /** What happened, with `{{tenant.name}}` for the forwarder where there are groups. */
  what: string;
  recovered: string;
  /** The CloudWatch alarm on the same condition; its section of the runbook describes what to do. */
  alarm: AlarmKind;
}

/**
 * Links to the run summaries before the alert, and to the board of the forwarders. They leave out the tenant: outside of a code span,
 * whoever writes logs with a tag of their own could put Markdown into the message.
 */
function links(site: DatadogSite): string {
  const origin = webOrigin(site);
  const query = encodeURIComponent(FORWARDER);
  return `[Runs of the day before](${origin}/logs?query=${query}&${DAY_BEFORE}) · [Board](${origin}${boardAddress('forwarder-health')}&${DAY_BEFORE})`;
}

function monitor(
  { name, priority, search, window, when, grouped, what, recovered, alarm }: Watch,
  { runbookUrl, datadogSite }: MonitorSettings,
): Monitor {
  const runbook = runbookUrl
    ? `Runbook: ${runbookUrl}#${alarm}`
    : `Runbook: "${headingOf(alarm)}", at the end of the forwarder’s dashboard in CloudWatch (output ${STACK_OUTPUTS.dashboard} of its stack).`;
  const minutes = Math.min(MAX_WINDOW_MINUTES, Math.ceil(window / 60));
  return {
    name,
    type: 'log alert',
    query: `logs("${search}").index("*").rollup("count")${grouped ? '.by("tenant")' : ''}.last("${minutes}m") ${when}`,
    message: `{{#is_alert}}${what}{{/is_alert}}{{#is_recovery}}${recovered}{{/is_recovery}}\n\n${links(datadogSite)}\n\n${runbook}`,
    tags: [],
    priority,
    options: {
      thresholds: { critical: Number(when.slice(2)) },
      on_missing_data: 'default',
      ...(grouped && { group_retention_duration: MAX_RETENTION }),
      include_tags: true,
      enable_logs_sample: true,
      renotify_interval: REMIND_AFTER_MINUTES,
    },
  };
}

const hours = (seconds: number) => (seconds === HOUR_SECONDS ? 'an hour' : `${seconds / HOUR_SECONDS} hours`);

/**
 * The monitors on the forwarder by their stable keys. They read its run summaries. Thresholds and windows are those of
 * the CloudWatch alarms on the same conditions.
 */
export function forwarderMonitors(settings: MonitorSettings): Record<string, Monitor> {
  const { intervalSeconds } = settings;
  // The settle time of each forwarder is not known here.
  const pace = { interval: intervalSeconds, settle: 0 };
  const each = { grouped: true, recovered: 'The forwarder `` {{tenant.name}} `` has recovered.' };
  const watches: Record<string, Watch> = {
    'forwarder-silent': {
      ...each,
      name: 'Valence: the forwarder does not report',
      priority: 2,
      // A probe of the intake is also a log of the forwarder, but has no lag.
      search: `${FORWARDER} @lag:*`,
      window: alarmTiming.watchPeriod(intervalSeconds),
      when: '< 1',
      what: 'The forwarder `` {{tenant.name}} `` has sent no run summary: it does not run, or its logs do not reach Datadog. Nothing is lost yet: the next successful run continues from the saved watermark.',
      alarm: 'not-running',
    },
    'no-forwarder': {
      name: 'Valence: no forwarder reports',
      priority: 2,
      search: `${FORWARDER} @lag:*`,
      // Later than the monitor of each forwarder, which names it.
      window: alarmTiming.criticalPeriod(intervalSeconds),
      when: '< 1',
      grouped: false,
      recovered: 'A forwarder reports again.',
      what: 'No forwarder has sent a run summary. This monitor keeps alerting; the one of a single forwarder recovers after three days without logs, because Datadog then forgets the forwarder.',
      alarm: 'not-running',
    },
    'forwarder-late': {
      ...each,
      name: 'Valence: the forwarder is late',
      priority: 3,
      // A critical lag also counts as late.
      search: `${FORWARDER} @lag:(warn OR critical)`,
      window: alarmTiming.watchPeriod(intervalSeconds),
      when: '> 0',
      what: `The forwarder \`\` {{tenant.name}} \`\` is more than ${hours(lateAge(pace))} behind, or does not know its lag. New alerts and audit logs reach Datadog late; nothing is lost.`,
      alarm: 'watermark-age-warning',
    },
    'forwarder-very-late': {
      ...each,
      name: 'Valence: the forwarder is very late',
      priority: 1,
      search: `${FORWARDER} @lag:critical`,
      window: alarmTiming.criticalPeriod(intervalSeconds),
      when: '> 0',
      what: `The forwarder \`\` {{tenant.name}} \`\` is more than ${hours(criticalAge(pace))} behind. Records older than ${hours(OLDEST_DATED_SECONDS)} get the time of their arrival in Datadog, and detection rules see them too late.`,
      alarm: 'watermark-age-critical',
    },
    'forwarder-quarantine': {
      ...each,
      name: 'Valence: records were quarantined',
      priority: 2,
      search: `${FORWARDER} @quarantined:yes`,
      window: alarmTiming.runPeriod(intervalSeconds),
      when: '> 0',
      what: 'Datadog rejected records of the forwarder `` {{tenant.name}} ``. They are not in Datadog; the quarantine bucket keeps them until they expire.',
      alarm: 'quarantined-logs',
    },
  };
  return Object.fromEntries(Object.entries(watches).map(([key, watch]) => [key, monitor(watch, settings)]));
}
