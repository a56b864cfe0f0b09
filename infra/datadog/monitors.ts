import { type AlarmKind, OWN_LOG, STACK_OUTPUTS } from '../../lambda/contract.ts';
import { HOUR_SECONDS, OLDEST_DATED_SECONDS } from '../../lambda/limits.ts';
import { criticalAge, lateAge } from '../../lambda/shared/lag.ts';
import { alarmTiming } from '../constructs/monitoring/timing.ts';
import { headingOf } from '../project/project.ts';

/**
 * A monitor of logs. Source: Datadog API reference, "Monitors" (v1); all names are Datadog's.
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
    /** How long a forwarder that no longer reports is still evaluated. */
    group_retention_duration: string;
    include_tags: true;
    enable_logs_sample: true;
    /** Minutes after which a monitor that still alerts notifies again; 0 means never. */
    renotify_interval: number;
  };
}

/** Settings that the monitors depend on. */
export interface MonitorSettings {
  /** The longest time between two runs of a forwarder, in seconds. */
  intervalSeconds: number;
  /** Address of docs/runbook.md, if it has one. */
  runbookUrl: string | undefined;
}

const FORWARDER = `source:${OWN_LOG.ddsource} service:${OWN_LOG.service}`;

/** Datadog looks back two days at most. Source: as for {@link Monitor}, "Log alert query". */
const MAX_WINDOW_MINUTES = 2880;

const REMIND_AFTER_MINUTES = 24 * 60;

interface Watch {
  name: string;
  priority: Monitor['priority'];
  search: string;
  /** How far to look back, in seconds. */
  window: number;
  /** Which number of run summaries in the window triggers the monitor. */
  when: `${'<' | '>'} ${number}`;
  /** What happened, with `{{tenant.name}}` for the forwarder. */
  what: string;
  /** The CloudWatch alarm on the same condition; its section of the runbook describes what to do. */
  alarm: AlarmKind;
}

function monitor(
  { name, priority, search, window, when, what, alarm }: Watch,
  { runbookUrl }: MonitorSettings,
): Monitor {
  const runbook = runbookUrl
    ? `Runbook: ${runbookUrl}#${alarm}`
    : `Runbook: "${headingOf(alarm)}", at the end of the forwarder’s dashboard in CloudWatch (output ${STACK_OUTPUTS.dashboard} of its stack).`;
  const minutes = Math.min(MAX_WINDOW_MINUTES, Math.ceil(window / 60));
  return {
    name,
    type: 'log alert',
    query: `logs("${search}").index("*").rollup("count").by("tenant").last("${minutes}m") ${when}`,
    message: `{{#is_alert}}${what}{{/is_alert}}{{#is_recovery}}The forwarder \`\` {{tenant.name}} \`\` has recovered.{{/is_recovery}}\n\n${runbook}`,
    tags: [],
    priority,
    options: {
      thresholds: { critical: Number(when.slice(2)) },
      on_missing_data: 'default',
      group_retention_duration: '2d',
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
  const watches: Record<string, Watch> = {
    'forwarder-silent': {
      name: 'Valence: the forwarder does not report',
      priority: 2,
      // A probe of the intake is also a log of the forwarder, but has no lag.
      search: `${FORWARDER} @lag:*`,
      window: alarmTiming.watchPeriod(intervalSeconds),
      when: '< 1',
      what: 'The forwarder `` {{tenant.name}} `` has sent no run summary: it does not run, or its logs do not reach Datadog. Nothing is lost yet: the next successful run continues from the saved watermark.',
      alarm: 'not-running',
    },
    'forwarder-late': {
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
      name: 'Valence: the forwarder is very late',
      priority: 1,
      search: `${FORWARDER} @lag:critical`,
      window: alarmTiming.criticalPeriod(intervalSeconds),
      when: '> 0',
      what: `The forwarder \`\` {{tenant.name}} \`\` is more than ${hours(criticalAge(pace))} behind. Records older than ${hours(OLDEST_DATED_SECONDS)} get the time of their arrival in Datadog, and detection rules see them too late.`,
      alarm: 'watermark-age-critical',
    },
    'forwarder-quarantine': {
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
