import type { DetectionRule } from '../rule-types.ts';
import { newValue, threshold } from './build.ts';
import { AUDIT_ACTOR, auditLogs, FAILED, SUCCEEDED } from './logs.ts';
import { shown } from './message.ts';

/** Rules about changes that could blind Valence: to policies, connectors and uploaded data. */

const WHO = 'Actor: `` {{@usr.name}} ``, from `` {{@network.client.ip}} ``.';

const CONNECTOR_TYPE = '@connector_change_details.type';
const CONNECTOR_NAME = '@connector_change_details.name';

/**
 * Not an upload: the hosted pipeline may read the name of an uploaded file, which anyone chooses, as a type. Ours reads the
 * connector of an upload into other attributes.
 */
const SIEM_CONNECTOR = `${CONNECTOR_TYPE}:(*Datadog* OR *Sentinel*) -@evt.name:"Upload data to connector"`;

export const PROTECTION_RULES = {
  'policy-disabled': threshold({
    name: 'Valence: detection policy disabled',
    attack: [['TA0005', 'T1562']],
    goal: 'Notice when a detection policy of Valence is switched off.',
    strategy: 'Policies disabled by one actor within an hour.',
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
      {
        status: 'medium',
        when: 'policies > 0',
        because: 'each disabled policy is a gap in detection and should be a deliberate decision.',
      },
    ],
    falsePositives: 'Tuning of a policy that alerts too often.',
    triage: [
      WHO,
      'Which policy (`` {{@policy_change_details.name}} `` on `` {{@policy_change_details.platform}} ``), and who decided it?',
      'Enable it again until that is clear.',
      'Check on that platform what the policy would have found since.',
    ],
  }),

  'connector-deleted': threshold({
    name: 'Valence: connector deleted',
    attack: [['TA0005', 'T1562']],
    goal: 'Notice when a whole platform is no longer watched.',
    strategy: 'Connectors deleted by one actor within an hour.',
    queries: { connectors: auditLogs(`@evt.name:"Connector deleted" ${SUCCEEDED}`) },
    groupBy: [AUDIT_ACTOR],
    window: 3600,
    cases: [
      {
        status: 'high',
        when: 'connectors >= 3',
        because: 'a platform is removed now and then, but not three in one hour.',
      },
      { status: 'medium', when: 'connectors > 0', because: 'Valence no longer sees this instance.' },
    ],
    falsePositives:
      'A platform that is no longer used, or a connector that was replaced: look for "Connector created".',
    triage: [
      WHO,
      'Was `` {{@connector_change_details.name}} `` (`` {{@connector_change_details.type}} ``) retired or replaced?',
      'If not: connect it again, and read the audit log of the platform itself for the time in between.',
    ],
  }),

  'siem-export-changed': threshold({
    name: 'Valence: export to the SIEM tampered with',
    attack: [['TA0005', 'T1562']],
    goal: 'Notice when the export of alerts to Datadog or Microsoft Sentinel is removed, or a second one is added.',
    strategy:
      'Actions on a Datadog or Microsoft Sentinel connector of Valence, failed ones included, by actor, within an hour.',
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
        because: 'created, renamed or authenticated again: the alerts may now go somewhere else as well.',
      },
    ],
    falsePositives: 'Setting up the export, or renewing its key.',
    triage: [
      WHO,
      'Where does `` {{@connector_change_details.name}} `` send alerts now: to your organisation?',
      'Restore the export and remove what was not requested. This forwarder uses its own API key and continues meanwhile.',
      'Until it is explained, treat everything that the actor did in the same hour as an attack.',
    ],
  }),

  'connector-authentication-failing': threshold({
    name: 'Valence: connector fails to authenticate',
    compliance: true,
    goal: 'Find blind spots: a connector that cannot authenticate sees nothing and raises no alert.',
    strategy:
      'Failed authentications of each connector, by its type and name, whoever tries it, within six hours. A failure whose sentence names no connector is not counted.',
    queries: { failures: auditLogs(`@evt.name:"Authenticate connector" ${FAILED}`) },
    groupBy: [CONNECTOR_TYPE, CONNECTOR_NAME],
    window: 21_600,
    cases: [
      {
        status: 'medium',
        when: 'failures >= 5',
        because: 'retries do not fix it, so Valence does not see the platform.',
      },
      {
        status: 'low',
        when: 'failures >= 2',
        because: 'one failure may be a mistake during setup; a second one may be permanent.',
      },
    ],
    falsePositives: 'An administrator who sets up a connector: a success follows.',
    triage: [
      `Connector: ${shown(CONNECTOR_NAME)} (${shown(CONNECTOR_TYPE)}). Last actor: ${shown(AUDIT_ACTOR)}.`,
      'Look for an expired secret, a revoked consent or a removed account on the platform; was it removed on purpose?',
      'Authenticate the connector again in Valence, and check that it succeeds.',
    ],
  }),

  'upload-by-new-user': newValue({
    name: 'Valence: upload to a connector by a new user',
    attack: [['TA0040', 'T1565']],
    goal: 'Notice false data: uploads to a connector determine which users Valence knows and what it finds.',
    strategy:
      'For each connector, the users who upload files successfully are learned for a week; a user who was not seen for four weeks makes a signal.',
    of: auditLogs(`@evt.name:"Upload data to connector" ${SUCCEEDED}`),
    groupBy: ['@connector_details.name'],
    value: AUDIT_ACTOR,
    status: 'medium',
    because: 'few people upload files, and regularly, so ask when another person does.',
    falsePositives: 'A holiday replacement, or a new owner of the task.',
    triage: [
      '`` {{@usr.name}} `` uploaded `` {{@connector_details.file_name}} `` (`` {{@connector_details.kind}} ``) to `` {{@connector_details.name}} ``.',
      'Ask the owner of the connector whether that was agreed.',
      'If not: upload the right data again, and look for findings that disappeared with the false data.',
    ],
  }),
} satisfies Record<string, DetectionRule>;
