import type { DetectionRule } from '../rule-types.ts';
import { sequence } from './build.ts';
import {
  AUDIT_ACTOR,
  alerts,
  alertsAndAuditLogs,
  auditLogs,
  PERSON,
  PRIVILEGE,
  SEVERE,
  SUCCEEDED,
} from './logs.ts';
import { shown } from './message.ts';

/** Sequences of steps, each of which is harmless alone. */

const SIX_HOURS = 21_600;

/** A window for a step that consists of a single log, in seconds. */
const AT_ONCE = 300;

/** Recognised by the name of the alert type, or by the technique "valid accounts". */
const STRANGE_ACCESS =
  '(@alert_type_details.name:(*nauthorized?IP* OR *nauthorised?IP*) OR @alert_type_details.mitreAttackTechniques:T1078*)';

export const CHAIN_RULES = {
  'strange-access-then-privileged-change': sequence({
    name: 'Valence: unauthorised address, then privileged change',
    attack: [
      ['TA0001', 'T1078'],
      ['TA0004', 'T1098'],
    ],
    goal: 'Find an intruder between first access and more rights.',
    strategy:
      'For each person, an alert about access (from an unauthorised IP, or technique T1078), and within six hours a gain of rights: an alert with technique T1098, T1484 or T1548 on any platform, or in Valence a changed access or a new API key.',
    groupBy: [PERSON],
    first: { name: 'access', of: alerts(STRANGE_ACCESS), atLeast: 1, window: AT_ONCE },
    followedBy: [
      {
        name: 'rights',
        of: alertsAndAuditLogs(
          PRIVILEGE,
          `@evt.name:("User access updated" OR "API Key created") ${SUCCEEDED}`,
        ),
        atLeast: 1,
        window: AT_ONCE,
        within: SIX_HOURS,
      },
    ],
    status: 'critical',
    because: 'each of the two steps is common, but both in this order are rare.',
    falsePositives: 'An administrator who works while travelling.',
    triage: [
      `Person: ${shown(PERSON)}. See the first alert for the address, the last log for the rights.`,
      'Lock the account at the identity provider and end all its sessions: the rights are gained already.',
      'Revoke the rights, also those of every account that the person gave rights to.',
      'Search for the address of the first alert in all sources.',
    ],
  }),

  'alerted-then-valence-change': sequence({
    name: 'Valence: person with a severe alert changes Valence',
    attack: [['TA0005', 'T1562']],
    goal: 'Find a user who hides an attack: first there is an alert about them, then they change what raises alerts.',
    strategy:
      'For each person, by e-mail address, a Critical or High alert on any platform, and within six hours a successful change of users, keys, policies or connectors in Valence.',
    groupBy: [PERSON],
    first: { name: 'alert', of: alerts(SEVERE), atLeast: 1, window: AT_ONCE },
    followedBy: [
      {
        name: 'change',
        of: auditLogs(`@evt.category:(iam OR configuration) ${SUCCEEDED}`),
        atLeast: 1,
        window: AT_ONCE,
        within: SIX_HOURS,
      },
    ],
    status: 'high',
    because: 'a person with a severe alert must explain it before they change what raises alerts.',
    falsePositives:
      'A security administrator whose own work raised the alert, and who then tunes the policy.',
    triage: [
      `Person: ${shown(PERSON)}. Does the change in Valence concern the platform or policy of the alert?`,
      'Have another administrator undo the change until the alert is explained.',
      'Treat both as one incident.',
    ],
  }),

  'takeover-chain': sequence({
    name: 'Valence: takeover chain',
    attack: [
      ['TA0003', 'T1136'],
      ['TA0005', 'T1562'],
    ],
    goal: 'Find a takeover of Valence itself: a new user, a key that needs no password, and then a disabled policy.',
    strategy:
      "For each actor, with success: a user created, within six hours an API key created, and within six hours of that a policy disabled. What the created user does has that user's own name, and the other rules watch it.",
    groupBy: [AUDIT_ACTOR],
    first: {
      name: 'user',
      of: auditLogs(`@evt.name:"User created" ${SUCCEEDED}`),
      atLeast: 1,
      window: AT_ONCE,
    },
    followedBy: [
      {
        name: 'key',
        of: auditLogs(`@evt.name:"API Key created" ${SUCCEEDED}`),
        atLeast: 1,
        window: AT_ONCE,
        within: SIX_HOURS,
      },
      {
        name: 'policy',
        of: auditLogs(`@evt.name:"Policy disabled" ${SUCCEEDED}`),
        atLeast: 1,
        window: AT_ONCE,
        within: SIX_HOURS,
      },
    ],
    status: 'critical',
    because: 'this is the order of an intruder, and the last step hides all that follows.',
    falsePositives: 'The first days of a new tenant, when an administrator sets up everything.',
    triage: [
      'Actor: `` {{@usr.name}} ``, from `` {{@network.client.ip}} ``.',
      'Suspend the actor and the created user, revoke the API key, enable the policy: in this order.',
      'Read the audit log of the actor for the last week: where did it begin?',
      'Look on the platform of the policy for what happened while it was disabled.',
    ],
  }),
} satisfies Record<string, DetectionRule>;
