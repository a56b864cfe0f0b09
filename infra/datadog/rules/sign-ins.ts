import type { DetectionRule } from '../rule-types.ts';
import { sequence, threshold } from './build.ts';
import { AUDIT_ACTOR, auditLogs, FAILED, SIGN_IN, SUCCEEDED } from './logs.ts';

/** Rules about guessed passwords of Valence itself. */

const FAILED_SIGN_INS = auditLogs(`${SIGN_IN} ${FAILED}`);
const SIGN_INS = auditLogs(`${SIGN_IN} ${SUCCEEDED}`);

export const SIGN_IN_RULES = {
  'brute-force': sequence({
    name: 'Valence: sign-in after repeated failures',
    attack: [['TA0006', 'T1110']],
    goal: 'Find an account of Valence whose password was guessed: in Valence an attacker sees the weaknesses of every platform.',
    strategy:
      'For each user, at least five failed sign-ins within 15 minutes, and then, within 15 minutes, one that succeeds.',
    groupBy: [AUDIT_ACTOR],
    first: { name: 'failures', of: FAILED_SIGN_INS, atLeast: 5, window: 900 },
    followedBy: [{ name: 'success', of: SIGN_INS, atLeast: 1, window: 900, within: 900 }],
    status: 'high',
    because: 'people who forgot a password try two or three times and then reset it; five is beyond that.',
    falsePositives:
      'A password manager with an old password, or a single sign-on that was misconfigured and then fixed.',
    triage: [
      'User: `` {{@usr.name}} ``, from `` {{@network.client.ip}} ``.',
      'Do failures and success come from one address, and does the user know it? Ask on another channel than e-mail.',
      'If not: end the sessions, reset the password, and have a second factor set up.',
      'Read everything the user did in Valence since: `` service:audit-logs @usr.name:"{{@usr.name}}" ``.',
    ],
  }),

  'failed-sign-ins': threshold({
    name: 'Valence: many failed sign-ins of one user',
    attack: [['TA0006', 'T1110']],
    goal: 'Notice an attacker who guesses the password of a user, before a guess succeeds.',
    strategy: 'Failed sign-ins of each user within an hour.',
    queries: { failures: FAILED_SIGN_INS },
    groupBy: [AUDIT_ACTOR],
    window: 3600,
    cases: [
      {
        status: 'medium',
        when: 'failures >= 30',
        because: 'no person types that often: it is a program, without success so far.',
      },
      {
        status: 'low',
        when: 'failures >= 10',
        because:
          'twice as many as the rule on a sign-in after failures needs, so that a forgotten password makes no signal.',
      },
    ],
    falsePositives: 'A script or an integration that still uses an old password.',
    triage: [
      'User: `` {{@usr.name}} ``, from `` {{@network.client.ip}} ``.',
      'If the address is yours, find the program with the old password; otherwise block the address.',
      'Make sure that the user has a second factor.',
    ],
  }),

  'password-spray': threshold({
    name: 'Valence: failed sign-ins of many users from one address',
    attack: [['TA0006', 'T1110']],
    goal: 'Find one attacker who tries a few passwords on many users, which no count by user shows.',
    strategy:
      'For each client address, how many different users fail to sign in within an hour, and whether one succeeds.',
    queries: {
      users: auditLogs(`${SIGN_IN} ${FAILED}`, AUDIT_ACTOR),
      successes: SIGN_INS,
    },
    groupBy: ['@network.client.ip'],
    window: 3600,
    cases: [
      {
        status: 'high',
        when: 'users >= 5 && successes > 0',
        because: 'one of the guesses may have been right.',
      },
      {
        status: 'medium',
        when: 'users >= 5',
        because: 'few organisations have five people who mistype their password for Valence in one hour.',
      },
    ],
    falsePositives:
      'An office or VPN behind one address while single sign-on is down: then no sign-in succeeds, and the address is yours.',
    triage: [
      'Address: `` {{@network.client.ip}} ``, `` {{@network.client.geoip.country.name}} ``.',
      'If the address is yours, look for an outage of single sign-on; otherwise block the address.',
      'List the users who signed in from there successfully, and treat them as taken over.',
    ],
  }),
} satisfies Record<string, DetectionRule>;
