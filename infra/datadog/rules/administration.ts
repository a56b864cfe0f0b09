import { OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import type { DetectionRule } from '../rule-types.ts';
import { newValue, threshold } from './build.ts';
import { AUDIT_ACTOR, auditLogs, FAILED, SIGN_IN, SUCCEEDED } from './logs.ts';

/** Users, roles and keys of Valence itself. */

const WHO = 'Actor: `` {{@usr.name}} ``, from `` {{@network.client.ip}} ``.';

/** The words before a role once more, in what is read as platforms or permission sets: the user's name contains a role of its own. */
const IMITATED = ['platforms', 'platform_list', 'permission_sets']
  .map((field) => `@user_change_details.${field}:(*with?role* OR *to?role*)`)
  .join(' OR ');

/**
 * The forwarder marks a log whose role it changed, because the name of the actor is in it, and one of whose texts it kept beginning and
 * end: the role may have been any.
 */
const CHANGED = `@${OWN_ATTRIBUTE}.role_redacted:true OR @${OWN_ATTRIBUTE}.shrunk:true`;

export const ADMINISTRATION_RULES = {
  'admin-granted': threshold({
    name: 'Valence: administrator added',
    attack: [['TA0003', 'T1098']],
    goal: 'Know of every new administrator of Valence: they see all findings, and can switch off detection.',
    strategy:
      'A user was created with, or changed to, a role whose name contains "Admin". A user name that imitates the sentence of the log, so that another role is read from it, counts too, and so does a role that `redact` changed, or that may be missing because the log was over 1 MB.',
    queries: {
      grants: auditLogs(
        `@evt.name:("User created" OR "User access updated") (@user_change_details.role:(*Admin* OR *admin*) OR ${IMITATED} OR ${CHANGED}) ${SUCCEEDED}`,
      ),
    },
    groupBy: [AUDIT_ACTOR],
    window: 3600,
    cases: [
      {
        status: 'high',
        when: 'grants > 0',
        because: 'it happens a few times a year, and each time there should be a request for it.',
      },
    ],
    falsePositives: 'Onboarding; a change to the platforms of an administrator, whose log repeats the role.',
    triage: [
      WHO,
      'Is there a request for `` {{@user_change_details.username}} `` to have the role `` {{@user_change_details.role}} ``?',
      'If not: remove the role in Valence, and check what the new administrator has done since.',
      'Roles of your own with wide rights and another name: clone this rule and add them.',
    ],
  }),

  'users-deleted': threshold({
    name: 'Valence: many users deleted',
    attack: [['TA0040', 'T1531']],
    goal: 'Notice when the defenders are locked out of Valence.',
    strategy: 'Successful deletions of users by one actor within an hour.',
    queries: { deletions: auditLogs(`@evt.name:"User deleted" ${SUCCEEDED}`) },
    groupBy: [AUDIT_ACTOR],
    window: 3600,
    cases: [
      {
        status: 'high',
        when: 'deletions >= 10',
        because: 'few teams in Valence are larger: this may be all of them.',
      },
      {
        status: 'medium',
        when: 'deletions >= 5',
        because: 'one deletion is a person who left; five are an announced clean-up or an attack.',
      },
    ],
    falsePositives: 'A yearly clean-up, or users who move to another identity provider.',
    triage: [
      WHO,
      'Who was deleted (`@user_change_details.username`): leavers, or the people who would notice?',
      'If it was not announced: suspend the actor, create the users again, and look for what it was meant to hide.',
    ],
  }),

  'api-key-created': threshold({
    name: 'Valence: API key created',
    attack: [['TA0003', 'T1098']],
    goal: 'Know of every key: it works without a password, without a second factor, and after its creator has left.',
    strategy: 'API keys created by one actor within an hour.',
    queries: { keys: auditLogs(`@evt.name:"API Key created" ${SUCCEEDED}`) },
    groupBy: [AUDIT_ACTOR],
    window: 3600,
    cases: [
      {
        status: 'high',
        when: 'keys >= 3',
        because: 'an integration needs one, and its rotation a second; three have no ordinary explanation.',
      },
      { status: 'medium', when: 'keys > 0', because: 'each key should have a known purpose.' },
    ],
    falsePositives: "A new integration, or the rotation of a key, also of the forwarder's own.",
    triage: [
      WHO,
      'What is the key `` {{@api_key_change_details.name}} `` for `` {{@api_key_change_details.service_user}} `` used for, and who asked for it?',
      'If no one asked for it, revoke it in Valence (Administration > Settings > Valence API), and end the sessions of the actor.',
    ],
  }),

  'failed-admin-actions': threshold({
    name: 'Valence: burst of failed actions',
    attack: [['TA0004', 'T1078']],
    goal: 'Find a user who probes what their rights allow.',
    strategy: 'Failed actions of each actor within 15 minutes, without sign-ins.',
    queries: { failures: auditLogs(`-${SIGN_IN} ${FAILED}`) },
    groupBy: [AUDIT_ACTOR],
    window: 900,
    cases: [
      {
        status: 'high',
        when: 'failures >= 20',
        because: 'more than one a minute: a program goes through a list.',
      },
      {
        status: 'medium',
        when: 'failures >= 5',
        because: 'after two refusals people ask for permission; five indicate a search.',
      },
    ],
    falsePositives: 'An outage of Valence or of a platform, or an automation whose role was restricted.',
    triage: [
      WHO,
      'What was tried (`@evt.name`)? One action again and again indicates a defect, many different actions a search.',
      'Does the actor have a reason for it? If not, end the sessions and look for what succeeded.',
    ],
  }),

  'new-action': newValue({
    name: 'Valence: first action of its kind by a user',
    attack: [['TA0004', 'T1078']],
    goal: 'Find a user who suddenly does something new: another person may use the account, or the intent of the user has changed.',
    strategy:
      'For each user, the successful actions without sign-ins are learned for a week; an action that was not seen for four weeks makes a signal. Actions that the pipeline does not know count too.',
    of: auditLogs(`-${SIGN_IN} ${SUCCEEDED}`),
    groupBy: [AUDIT_ACTOR],
    value: '@evt.name',
    status: 'low',
    because:
      'most first times are normal work: this signal is for investigations and for rules that combine signals.',
    falsePositives: 'New tasks, holiday replacements, and actions that come up less than once in four weeks.',
    triage: [
      '`` {{@usr.name}} `` did `` {{@evt.name}} `` for the first time.',
      "Does it fit the person's role? Is there another signal for `` {{@usr.name}} `` today?",
      'If the action fits and there is no other signal, close this one.',
    ],
  }),
} satisfies Record<string, DetectionRule>;
