import { ALERT_FACTS, FACTS } from '../facts.ts';
import type { DetectionRule } from '../rule-types.ts';
import { threshold } from './build.ts';
import { ACTOR, alerts, PERSON, PRIVILEGE, SEVERE } from './logs.ts';
import { searchFor, shown } from './message.ts';

/** What alerts contain about one actor. */

const WHO = `Actor: ${shown(ACTOR)}.`;

export const ACTOR_RULES = {
  'several-severe-alerts': threshold({
    name: 'Valence: several severe alerts for one actor',
    attack: [['TA0001', 'T1078']],
    goal: 'Find an account that is being misused: one severe alert may be a mistake, several are a pattern.',
    strategy: 'Counts the different alerts of severity Critical or High of each actor within six hours.',
    queries: { severe_alerts: alerts(SEVERE) },
    groupBy: [ACTOR],
    window: 21_600,
    cases: [
      {
        status: 'critical',
        when: 'severe_alerts >= 5',
        because:
          'five separate mistakes in one working day are unlikely; suspend the account first and ask afterwards.',
      },
      {
        status: 'high',
        when: 'severe_alerts >= 3',
        because: 'two happen when one action breaks two policies; the third needs another action.',
      },
    ],
    falsePositives:
      'Administrators during a planned migration; one action that several policies report. The events in `alert.events` tell the actions apart.',
    triage: [
      WHO,
      'Sort the alerts by time: does each step build on the one before (access, more rights, data)?',
      'Suspend the account and revoke its sessions and tokens unless the owner explains every alert.',
      `Search for everything else that the actor did: ${searchFor(ACTOR)}, audit logs included.`,
    ],
  }),

  'several-platforms': threshold({
    name: 'Valence: one actor alerted on several platforms',
    attack: [['TA0008', 'T1550']],
    goal: 'Find an attacker who moves from one platform to the next with a stolen identity or session.',
    strategy:
      'Counts the platforms on which one person, by e-mail address, has alerts of any severity but Low within six hours.',
    queries: {
      platforms: alerts('-@alert_type_details.severity:Low', ALERT_FACTS.platform),
    },
    groupBy: [PERSON],
    window: 21_600,
    cases: [
      {
        status: 'high',
        when: 'platforms >= 3',
        because: 'three platforms share only the identity, so the identity is probably stolen.',
      },
      {
        status: 'medium',
        when: 'platforms >= 2',
        because: 'two may be one task, such as a file moved from one platform to another.',
      },
    ],
    falsePositives:
      'Administrators of several platforms, and people who leave or join: their accounts change everywhere at once.',
    triage: [
      WHO,
      `Compare \`${FACTS.ip}\` and \`${ALERT_FACTS.userAgent}\` across the platforms: one strange client everywhere is a stolen session.`,
      'Reset the identity at the identity provider, not platform by platform.',
      'Look for what outlives a reset: app consents, API keys, forwarding rules.',
    ],
  }),

  'privileged-change': threshold({
    name: 'Valence: privileged role or policy changed',
    attack: [
      ['TA0003', 'T1098'],
      ['TA0004', 'T1548'],
    ],
    goal: 'See immediately when an account gets more rights, or when a policy that restricts rights changes.',
    strategy:
      'Alerts with the techniques Account Manipulation (T1098), Domain or Tenant Policy Modification (T1484) and Abuse Elevation Control Mechanism (T1548) with all their sub-techniques, by actor.',
    queries: { severe_alerts: alerts(`${PRIVILEGE} ${SEVERE}`), any_alerts: alerts(PRIVILEGE) },
    groupBy: [ACTOR],
    window: 1800,
    cases: [
      {
        status: 'high',
        when: 'severe_alerts > 0',
        because: 'Valence rates the change Critical or High: one is enough.',
      },
      {
        status: 'medium',
        when: 'any_alerts > 0',
        because: 'most attacks try to gain rights, so a less severe change needs a review as well.',
      },
    ],
    falsePositives: 'Planned changes by administrators. Compare with the change calendar.',
    triage: [
      WHO,
      `Find out who gained what: \`@alert.events.target.name\` and the action ${shown(FACTS.action)}.`,
      'If there is no ticket for the change, revoke the rights first, then ask.',
      'Check what the new rights have been used for since: search for the target as the actor.',
    ],
  }),

  'collection-or-exfiltration': threshold({
    name: 'Valence: data collected or exfiltrated',
    attack: [
      ['TA0009', 'T1213'],
      ['TA0010', 'T1567'],
    ],
    goal: 'Notice data that is collected or exported, early enough to stop it.',
    strategy:
      'Alerts with the tactics Collection (TA0009) and Exfiltration (TA0010), by actor, within an hour.',
    queries: {
      severe_alerts: alerts(`@alert_type_details.mitreAttackTactics:(TA0009 OR TA0010) ${SEVERE}`),
      any_alerts: alerts('@alert_type_details.mitreAttackTactics:(TA0009 OR TA0010)'),
    },
    groupBy: [ACTOR],
    window: 3600,
    cases: [
      {
        status: 'high',
        when: 'severe_alerts > 0 || any_alerts >= 3',
        because: 'one severe alert, or three of any kind: small shares add up to an export.',
      },
      {
        status: 'medium',
        when: 'any_alerts > 0',
        because: 'a single share of one file is usually legitimate, but its owner should know about it.',
      },
    ],
    falsePositives: `Agreed exports, backups and shares with partners: suppress them by \`${ACTOR}\`, which names the backup app.`,
    triage: [
      WHO,
      'Find out what left and where to: `alert.events`, its targets and details.',
      'Revoke the share, link or forwarding rule; it keeps working when the account is locked.',
      'Ask the owner of the data whether a law or contract requires a notification.',
    ],
  }),

  'app-severe-alert': threshold({
    name: 'Valence: severe alert with an app as the actor',
    attack: [['TA0006', 'T1528']],
    goal: 'Find a stolen token or a malicious integration: an app has no second factor and never sleeps.',
    strategy:
      'Different alerts of severity Critical or High whose primary event has an app as its actor, within an hour.',
    queries: { severe_alerts: alerts(`${ALERT_FACTS.actorType}:App ${SEVERE}`) },
    groupBy: [ACTOR],
    window: 3600,
    cases: [
      {
        status: 'critical',
        when: 'severe_alerts >= 3',
        because: 'three in an hour indicate a running script.',
      },
      {
        status: 'high',
        when: 'severe_alerts > 0',
        because: 'apps behave the same every day, so one severe alert is already a change of behaviour.',
      },
    ],
    falsePositives: 'A new integration, or an approved one with a wider task.',
    triage: [
      `App: ${shown(ACTOR)}. Its id, if it has one, is in \`alert.events\`.`,
      'Who consented to the app, when, and with which scopes? Is its publisher known?',
      'Revoke its tokens and grants; locking the user who consented does not stop it.',
      `Look for the same app on other platforms: ${searchFor(ACTOR)}.`,
    ],
  }),
} satisfies Record<string, DetectionRule>;
