import { FACTS } from '../facts.ts';
import type { DetectionRule } from '../rule-types.ts';
import { impossibleTravel, newValue, threshold } from './build.ts';
import { AUDIT_ACTOR, alertsAndAuditLogs, auditLogs, SIGN_IN, SUCCEEDED } from './logs.ts';
import { searchFor, shown } from './message.ts';

/** Rules about the places and addresses from which people act. */

/**
 * What Datadog's threat intelligence adds to a log whose client address it knows.
 * Source: Datadog documentation, "Threat Intelligence".
 */
const TOR = '(@threat_intel.results.category:tor OR @threat_intel.results.subcategory:tor)';
const MALICIOUS = '@threat_intel.results.intention:malicious';

export const ORIGIN_RULES = {
  'malicious-address': threshold({
    name: 'Valence: activity from a malicious or Tor address',
    attack: [['TA0011', 'T1090']],
    goal: 'Find what addresses that are known as malicious do on any platform or in Valence.',
    strategy:
      'Datadog adds `@threat_intel` to logs whose `@network.client.ip` it knows. Alerts and audit logs are counted by address, so that those without a known actor are included.',
    queries: {
      malicious: alertsAndAuditLogs(MALICIOUS, MALICIOUS),
      tor: alertsAndAuditLogs(TOR, TOR),
    },
    groupBy: [FACTS.ip],
    window: 3600,
    cases: [
      {
        status: 'high',
        when: 'malicious > 0',
        because: 'the address has attacked others: once is enough.',
      },
      {
        status: 'medium',
        when: 'tor > 0',
        because: 'Tor hides the user. Using it is legal, but administrators rarely use it.',
      },
    ],
    falsePositives:
      'Addresses shared by many: mobile carriers, VPN providers, public clouds. The reason is in `@threat_intel.results`.',
    triage: [
      `Address: ${shown(FACTS.ip)}. \`${FACTS.actor}\` and \`${FACTS.action}\` of its logs tell who did what.`,
      'Read why the address is on a list, and since when: `@threat_intel.results`.',
      'Did the same person act from a usual address at the same time? Then two people use the account: end its sessions and reset it.',
      `Block the address at the identity provider, and search for it: ${searchFor(FACTS.ip)}.`,
    ],
  }),

  'impossible-travel': impossibleTravel({
    name: 'Valence: impossible travel',
    attack: [['TA0001', 'T1078']],
    goal: 'Find two people behind one account of Valence.',
    strategy:
      'Successful sign-ins of each user; Datadog compares place and time of each with the one before. The places of the first day are learned. Re-dated logs are left out: they have the time of their arrival, from which no speed can be derived.',
    of: auditLogs(`${SIGN_IN} ${SUCCEEDED}`),
    groupBy: [AUDIT_ACTOR],
    status: 'medium',
    because:
      'the location of an IP address is an estimate, and a VPN changes it at once: an analyst must review the signal first.',
    falsePositives: 'VPNs, mobile networks and remote desktops in another country.',
    triage: [
      'User: `` {{@usr.name}} ``. Compare addresses, networks and countries of the two sign-ins.',
      'Is one of them a VPN of the company? Then add a suppression for its addresses.',
      'If the user does not know one of the places: end the sessions, reset the password, and review what was done since.',
    ],
  }),

  'admin-action-new-country': newValue({
    name: 'Valence: administration from a new country',
    attack: [['TA0001', 'T1078']],
    goal: 'Find an administrator account that an attacker uses from another country.',
    strategy:
      'For each user, the countries of successful changes to users, keys, policies and connectors of Valence are learned for a week; a country that was not seen for four weeks makes a signal.',
    of: auditLogs(`@evt.category:(iam OR configuration OR file) ${SUCCEEDED}`),
    groupBy: [AUDIT_ACTOR],
    value: '@network.client.geoip.country.iso_code',
    status: 'medium',
    because: 'administrators travel too, so the signal is about changes only, not about reading.',
    falsePositives: 'Travel, a new VPN exit, or a colleague who moved.',
    triage: [
      '`` {{@usr.name}} `` did `` {{@evt.name}} `` from `` {{@network.client.geoip.country.name}} `` (`` {{@network.client.ip}} ``).',
      'Ask the user on another channel than e-mail.',
      'If it was not them: end the sessions, and undo what was changed since the first log from that country.',
    ],
  }),
} satisfies Record<string, DetectionRule>;
