import { LOG_SOURCE, OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import { SEVERITIES } from '../../../lambda/settings/content/content.ts';
import type { Dashboard } from '../dashboard-types.ts';
import { ALERT_FACTS, FACTS } from '../facts.ts';
import type { DetectionRule } from '../rule-types.ts';
import { DETECTION_RULES, groupsOf } from '../rules.ts';
import { board, evenly, narrowed, row, section, variable } from './board.ts';
import { IP, linksOf, navigation, TENANT, TITLES, USER } from './links.ts';
import { alerts, both, logs, signals, unique } from './measures.ts';
import { anyIs, list, map, note, overTime, share, signalList, table, top, value } from './widgets.ts';

const SERVICE = variable('service', 'service', ['alerts', 'audit-logs']);

const ALL = narrowed(`source:${LOG_SOURCE}`, [TENANT, SERVICE, USER, IP]);
const ALERTS = both(ALL, 'service:alerts');
const AUDIT = both(ALL, 'service:audit-logs');
const FAILED = `(@evt.outcome:false OR ${ALERT_FACTS.outcome}:Failure)`;

/**
 * A signal has the attributes that its rule groups by. No attribute is in the signals of all rules, so a variable would hide those
 * of most of them.
 */
const SIGNALS = `source:${LOG_SOURCE}`;

const RULE = '@workflow.rule.name';

/** What rules group by that is neither a person nor an address. */
const THINGS = new RegExp(`^@(alert|connector|${OWN_ATTRIBUTE}\\.fingerprint)`);

/** Whom a signal is about, and from where: a rule groups by one of these columns, the others are empty. */
const SIGNAL_COLUMNS = [
  RULE,
  ...new Set(Object.values<DetectionRule>(DETECTION_RULES).flatMap(groupsOf)),
].filter((facet) => !THINGS.test(facet));

const PALETTES = {
  critical: 'white_on_red',
  high: 'white_on_red',
  medium: 'white_on_yellow',
  low: 'white_on_gray',
  info: 'white_on_gray',
} as const;

/** Datadog adds it to logs whose client address it knows from its threat intelligence. */
const THREAT = 'threat_intel.results';
const KNOWN_THREATS = both(ALL, `@${THREAT}.category:*`);

const BY_ACTOR = { links: linksOf('this person', FACTS.actor, 'overview') };
const BY_IP = { links: linksOf('this address', FACTS.ip, 'overview') };

export const OVERVIEW: Dashboard = board({
  title: TITLES.overview,
  description:
    'What Valence Security reports about your SaaS platforms, and what people do in Valence itself.',
  variables: [TENANT, SERVICE, USER, IP],
  rows: [
    row(2, [
      12,
      navigation(
        'overview',
        '**Valence Security**: alerts on your SaaS platforms, and the audit log of Valence itself. Pick a user or an IP address above to see its logs in both.',
      ),
    ]),
    evenly(
      2,
      value('Logs', logs(ALL)),
      value('Alerts, each once', alerts(ALERTS)),
      value('Audit logs', logs(AUDIT)),
      value('People and apps seen', unique(FACTS.actor, ALL)),
    ),
  ],
  sections: [
    section(
      'threats',
      'Cloud SIEM signals',
      row(1, [
        12,
        note(
          'Signals of the detection rules on this source. A signal has only what its rule groups by, so the variables do not filter them.',
        ),
      ]),
      evenly(
        2,
        value('Signals', signals(SIGNALS)),
        ...SEVERITIES.map((severity) =>
          value(
            `Signals: ${severity}`,
            signals(both(SIGNALS, `status:${severity}`)),
            anyIs(PALETTES[severity]),
          ),
        ),
      ),
      row(6, [12, signalList('Open signals', both(SIGNALS, '@workflow.triage.state:open'), SIGNAL_COLUMNS)]),
      row(
        4,
        [6, overTime('Signals over time by severity', signals(SIGNALS), 'status')],
        [3, share('Signals by state', signals(SIGNALS), '@workflow.triage.state')],
        [3, top('Top signals by rule', signals(SIGNALS), RULE)],
      ),
    ),
    section(
      'amounts',
      'Logs',
      row(
        4,
        [6, overTime('Logs over time by service', logs(ALL), 'service')],
        [6, overTime('Logs over time by status', logs(ALL), 'status')],
      ),
      evenly(
        4,
        share('Logs by service', logs(ALL), 'service'),
        share('Logs by status', logs(ALL), 'status'),
        share('Logs by category', logs(ALL), '@evt.category'),
      ),
    ),
    section(
      'people',
      'Who',
      row(
        6,
        [
          9,
          table(
            'People in alerts and audit logs',
            FACTS.actor,
            {
              Logs: logs(ALL),
              Alerts: alerts(ALERTS),
              'Audit logs': logs(AUDIT),
              Failed: logs(both(ALL, FAILED)),
              Addresses: unique(FACTS.ip, ALL),
            },
            BY_ACTOR,
          ),
        ],
        [3, top('Top users', logs(ALL), FACTS.actor, BY_ACTOR)],
      ),
    ),
    section(
      'places',
      'From where',
      row(
        5,
        [6, map('Where clients are', logs(ALL))],
        [3, top('Top countries', logs(ALL), FACTS.country)],
        [3, top('Top client IPs', logs(ALL), FACTS.ip, BY_IP)],
      ),
    ),
    section(
      'threats',
      'Addresses that threat intelligence knows',
      row(
        5,
        [2, value('Logs from known addresses', logs(KNOWN_THREATS), anyIs('white_on_yellow'))],
        [3, top('Known for', logs(KNOWN_THREATS), `@${THREAT}.category`)],
        [
          7,
          table(
            'Known addresses',
            FACTS.ip,
            {
              Logs: logs(KNOWN_THREATS),
              Malicious: logs(both(ALL, `@${THREAT}.intention:malicious`)),
              Alerts: alerts(both(KNOWN_THREATS, 'service:alerts')),
              Actors: unique(FACTS.actor, KNOWN_THREATS),
            },
            BY_IP,
          ),
        ],
      ),
      row(5, [
        12,
        list('Latest logs from known addresses', KNOWN_THREATS, [
          FACTS.ip,
          `@${THREAT}.category`,
          `@${THREAT}.intention`,
          FACTS.actor,
          FACTS.action,
        ]),
      ]),
    ),
    section(
      'records',
      'Latest logs',
      row(8, [12, list('Latest logs', ALL, ['service', FACTS.actor, FACTS.action, FACTS.ip])]),
    ),
  ],
});
