import type { DetectionRule } from '../rule-types.ts';
import { newValue, threshold } from './build.ts';
import { AUDIT_ACTOR, auditLogs, FAILED, SUCCEEDED } from './logs.ts';

/** The eyes of Valence: policies, connectors, and what they are fed with. */

const WHO = 'Actor: {{@usr.name}}, from {{@network.client.ip}}.';

const SIEM_CONNECTOR = '@connector_change_details.type:(*Datadog* OR *Sentinel*)';

export const PROTECTION_RULES = {
  'policy-disabled': threshold({
    name: 'Valence: detection policy disabled',
    attack: [['TA0005', 'T1562']],
    goal: 'Notice when a detection policy of Valence is switched off.',
    strategy: 'Policies disabled with success, by actor, within an hour.',
    queries: {
      policies: auditLogs(
        `(@evt.name:"Policy disabled" OR @policy_change_details.activity:Disabled) ${SUCCEEDED}`,
      ),
    },
    groupBy: [AUDIT_ACTOR],
    window: 3600,
    cases: [
      {
        status: 'high',
        when: 'policies >= 3',
        because: 'tuning changes one policy at a time; three in an hour switch detection off.',
      },
      { status: 'medium', when: 'policies > 0', because: 'each one is a gap, and should be a decision.' },
    ],
    falsePositives: 'Tuning of a policy that alerts too often.',
    triage: [
      WHO,
      'Which policy (`{{@policy_change_details.name}}` on {{@policy_change_details.platform}}), and who decided it?',
      'Enable it again until that is clear.',
      'Look on that platform for what the policy would have found since.',
    ],
  }),

  'connector-deleted': threshold({
    name: 'Valence: connector deleted',
    attack: [['TA0005', 'T1562']],
    goal: 'Notice when a whole platform is no longer watched.',
    strategy: 'Connectors deleted with success, by actor, within an hour.',
    queries: { connectors: auditLogs(`@evt.name:"Connector deleted" ${SUCCEEDED}`) },
    groupBy: [AUDIT_ACTOR],
    window: 3600,
    cases: [
      {
        status: 'high',
        when: 'connectors >= 3',
        because: 'a platform is removed now and then, but not three in one hour.',
      },
      { status: 'medium', when: 'connectors > 0', because: 'from now on Valence sees nothing there.' },
    ],
    falsePositives: 'A platform that is given up, or a connector made anew: look for "Connector created".',
    triage: [
      WHO,
      'Was {{@connector_change_details.name}} ({{@connector_change_details.type}}) given up, or replaced?',
      'If not: connect it again, and read the audit log of the platform itself for the time in between.',
    ],
  }),

  'siem-export-changed': threshold({
    name: 'Valence: export to the SIEM tampered with',
    attack: [['TA0005', 'T1562']],
    goal: 'Notice when the export of alerts to Datadog or Microsoft Sentinel is removed, or a second one is added.',
    strategy:
      'Any action on a Datadog or Microsoft Sentinel connector of Valence, also one that failed, by actor, within an hour.',
    queries: {
      deleted: auditLogs(`@evt.name:"Connector deleted" ${SIEM_CONNECTOR} ${SUCCEEDED}`),
      touched: auditLogs(SIEM_CONNECTOR),
    },
    groupBy: [AUDIT_ACTOR],
    window: 3600,
    cases: [
      {
        status: 'high',
        when: 'deleted > 0',
        because: 'after this the SIEM gets no alerts, and missing alerts look like no attacks.',
      },
      {
        status: 'medium',
        when: 'touched > 0',
        because: 'created, renamed or signed in anew: the alerts may now go somewhere else as well.',
      },
    ],
    falsePositives: 'Setting up the export, or renewing its key.',
    triage: [
      WHO,
      'Where does {{@connector_change_details.name}} send to now: is it your organisation?',
      'Restore the export and remove what was not requested. This forwarder uses its own API key and continues meanwhile.',
      'Treat what the actor did in the same hour as an attack until it is explained.',
    ],
  }),

  'connector-authentication-failing': threshold({
    name: 'Valence: connector fails to authenticate',
    compliance: true,
    goal: 'Keep watching: a connector that cannot sign in sees nothing, and raises no alert.',
    strategy: 'Failed authentications of connectors, by actor, within six hours.',
    queries: { failures: auditLogs(`@evt.name:"Authenticate connector" ${FAILED}`) },
    groupBy: [AUDIT_ACTOR],
    window: 21_600,
    cases: [
      {
        status: 'medium',
        when: 'failures >= 5',
        because: 'a retry does not fix it, so the platform is not watched.',
      },
      {
        status: 'low',
        when: 'failures >= 2',
        because: 'one failure may be a mistake during setup; a second one may be permanent.',
      },
    ],
    falsePositives: 'An administrator who sets up a connector: a success follows.',
    triage: [
      WHO,
      'Which connector? The message of the log names it.',
      'Look for an expired secret, a revoked consent or a removed account on the platform; was it removed on purpose?',
      'Authenticate the connector again in Valence, and see that it succeeds.',
    ],
  }),

  'upload-by-new-user': newValue({
    name: 'Valence: upload to a connector by a new user',
    attack: [['TA0040', 'T1565']],
    goal: 'Notice false data: uploads to a connector determine which users Valence knows and what it finds.',
    strategy:
      'For each connector, the users who upload files with success are learned for a week; a user who was not seen for four weeks makes a signal.',
    of: auditLogs(`@evt.name:"Upload data to connector" ${SUCCEEDED}`),
    groupBy: ['@connector_details.name'],
    value: AUDIT_ACTOR,
    status: 'medium',
    because: 'uploads are a routine of few people, so another one is worth a question.',
    falsePositives: 'A holiday replacement, or a new owner of the routine.',
    triage: [
      '{{@usr.name}} uploaded {{@connector_details.file_name}} ({{@connector_details.kind}}) to {{@connector_details.name}}.',
      'Ask the owner of the connector whether that was agreed.',
      'If not: upload the right data again, and look for findings that went away with the false one.',
    ],
  }),
} satisfies Record<string, DetectionRule>;
