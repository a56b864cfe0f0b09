import { LOG_SOURCE } from '../../../lambda/contract.ts';
import type { Dashboard } from '../dashboard-types.ts';
import { ALERT_FACTS, FACTS } from '../facts.ts';
import { board, evenly, narrowed, row, variable } from './board.ts';
import { linksOf, navigation, TENANT, TITLES } from './links.ts';
import { alerts, both, logs, signals, unique } from './measures.ts';
import { heading, list, map, overTime, share, table, top, value } from './widgets.ts';

const SERVICE = variable('service', 'service', ['alerts', 'audit-logs']);
const USER = variable('user', FACTS.actorEmail);
const IP = variable('ip', FACTS.ip);

const ALL = narrowed(`source:${LOG_SOURCE}`, [TENANT, SERVICE, USER, IP]);
const ALERTS = both(ALL, 'service:alerts');
const AUDIT = both(ALL, 'service:audit-logs');
const FAILED = `(@evt.outcome:false OR ${ALERT_FACTS.outcome}:Failure)`;

/** A signal has the attributes that its rule groups by. It has no service and none of the tags of the logs. */
const SIGNALS = narrowed(`source:${LOG_SOURCE}`, [USER, IP]);

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
    row(1, [12, heading('Who and where', 'Alerts and audit logs.')]),
    row(
      5,
      [
        6,
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
      [3, top('Top client IPs', logs(ALL), FACTS.ip, BY_IP)],
    ),
    row(5, [8, map('Where clients are', logs(ALL))], [4, top('Top countries', logs(ALL), FACTS.country)]),
    row(1, [
      12,
      heading(
        'Cloud SIEM signals',
        'Signals of the detection rules on this source. The variables user and ip apply to rules that group by them.',
      ),
    ]),
    row(
      4,
      [3, value('Signals', signals(SIGNALS))],
      [4, share('Signals by severity', signals(SIGNALS), 'status')],
      [5, top('Top signals by rule', signals(SIGNALS), '@workflow.rule.name')],
    ),
    row(8, [12, list('Latest logs', ALL, ['service', FACTS.actorName, FACTS.action, FACTS.ip])]),
  ],
});
