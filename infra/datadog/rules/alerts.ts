import { OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import { ALERT_FACTS, FACTS, missing, notEmpty } from '../facts.ts';
import type { DetectionRule, ThirdPartyCase } from '../rule-types.ts';
import { anomaly, described, newValue } from './build.ts';
import { alerts } from './logs.ts';
import { type ExplainedCase, shown } from './message.ts';

/** Rules about the alerts themselves: each alert, new types of alerts, and their number. */

const BY_SEVERITY = [
  ['critical', 'Critical'],
  ['high', 'High'],
  ['medium', 'Medium'],
  ['low', 'Low'],
] as const;

const TYPE_NAME = '@alert_type_details.name';
const TYPE_PLATFORM = '@alert_type_details.platform';

const severityIs = (severity: string) => `@alert_type_details.severity:${severity}`;

const ALERT_CASES: readonly ThirdPartyCase[] = BY_SEVERITY.map(([status, severity]) => ({
  name: severity,
  status,
  query: severityIs(severity),
}));

const ALERT_SEVERITIES: readonly ExplainedCase[] = [
  ...BY_SEVERITY.map(([status, severity]) => ({
    status,
    when: severityIs(severity),
    because: `Valence, or an administrator there, rates the alert or its type ${severity}.`,
  })),
  {
    status: 'medium',
    because: 'Any other alert: its type or severity is not known, which does not make it harmless.',
  },
];

/** One signal for each alert. An alert without an id is identified by its content. */
const ALERT: DetectionRule = {
  ...described(
    {
      name: 'Valence: alert',
      goal: 'Bring every alert of Valence into Cloud SIEM with its own severity, so that you assign, mute and close it like any other signal.',
      strategy:
        'One signal for each alert, by its id (`@alert.vuid`). An alert that arrives twice belongs to the existing signal; an alert that is forwarded again belongs to it too, or makes a new signal when the first is over; if only its status changed, it is left out. The samples of the signal show what was found and when: `alert` is the alert, `alert_type_details` its type.',
      falsePositives:
        'Those of the detection policy in Valence. Correct them there, in the policy or in the severity of the alert type: both reach Datadog with the next alert. To leave out a type here, add a suppression on `@alert_type_details.name`.',
      triage: [
        `Read the summary, and what Valence says about ${shown(ALERT_FACTS.title)}: \`@alert_type_details.description\`.`,
        `See who did what: actor ${shown(FACTS.actor)}, action ${shown(FACTS.action)}, address ${shown(FACTS.ip)}. One that is empty is not known. All events of the alert are in \`alert.events\`.`,
        'Ask the actor or their manager whether it was intended. If not, revoke the sessions and tokens of the actor on that platform and undo the change.',
        'Close the alert in Valence as well: closing the signal does not.',
      ],
    },
    ALERT_SEVERITIES,
  ),
  queries: [],
  cases: [],
  thirdPartyCases: ALERT_CASES,
  options: {
    detectionMethod: 'third_party',
    evaluationWindow: 0,
    keepAlive: 21_600,
    maxSignalDuration: 86_400,
    thirdPartyRuleOptions: {
      defaultStatus: 'medium',
      rootQueries: [
        { query: alerts(`@alert.vuid:* ${notEmpty('@alert.vuid')}`).query, groupByFields: ['@alert.vuid'] },
        {
          query: alerts(missing('@alert.vuid')).query,
          groupByFields: [`@${OWN_ATTRIBUTE}.fingerprint`],
        },
      ],
      signalTitleTemplate: `Valence: {{${ALERT_FACTS.title}}}`,
    },
  },
};

export const ALERT_RULES = {
  alert: ALERT,

  'new-alert-type': newValue({
    name: 'Valence: first alert of its type on a platform',
    goal: 'See a kind of threat that is new on a platform and that frequent alerts of known kinds would hide.',
    strategy:
      'For each platform, the names of alert types (`@alert_type_details.name`) are learned for a week. A name that was not seen for four weeks makes a signal.',
    of: alerts(`${TYPE_NAME}:*`),
    groupBy: [TYPE_PLATFORM],
    value: TYPE_NAME,
    status: 'low',
    because:
      'a new type is not necessarily dangerous: the alert has a signal of its own severity; this signal means that your team has not handled this type before.',
    falsePositives:
      'A new detection policy, a newly connected platform after its first week, or an alert type that was renamed.',
    triage: [
      `First alert of this type in four weeks: ${shown(TYPE_NAME)} on ${shown(TYPE_PLATFORM)}.`,
      'Check in the audit logs whether a policy was created or changed shortly before: `@evt.name:"Policy created or updated"`.',
      'If not, handle the alert as if its severity were one level higher: your team has no experience with it.',
      'Write down what the alert means here, and who owns it, for the next time.',
    ],
  }),

  'alert-volume': anomaly({
    name: 'Valence: unusual number of alerts of a connector',
    goal: 'See a wave of attacks, or a detection policy that is too wide, on one connected instance.',
    strategy:
      'The alerts of each connector (`@alert.connectorUids`) are counted each hour, each alert once, and compared with the last two weeks of the same connector.',
    of: alerts('@alert.connectorUids:*'),
    groupBy: ['@alert.connectorUids'],
    window: 3600,
    learning: { bucketDuration: 3600, learningDuration: 336, detectionTolerance: 4 },
    status: 'medium',
    above: 0.995,
    because:
      'alerts are rare and come in bursts, so the bar is high (tolerance 4 of 5) and only a real wave passes it.',
    falsePositives:
      'A new or widened policy that looks back in time, a migration on the platform, or the end of an outage of the forwarder, when late alerts arrive together (`@valence_forwarder.redated:true`).',
    triage: [
      `Group the alerts of ${shown('@alert.connectorUids')} by \`@alert_type_details.name\` and by \`${FACTS.actor}\`.`,
      'One type and many actors: look for a change of the policy, or a campaign such as phishing. One actor: treat the actor as taken over.',
      'If the policy is too wide, narrow it in Valence rather than muting this rule.',
    ],
  }),
} satisfies Record<string, DetectionRule>;
