import { ALERT_FACTS, FACTS, OPEN } from '../facts.ts';
import type { DetectionRule } from '../rule-types.ts';
import { threshold } from './build.ts';
import { ALERT_ID, updatedAlerts } from './logs.ts';
import { searchFor, shown } from './message.ts';

/** Rules about known alerts that have become worse. They need the setting `alertUpdates`. */

const WHICH = `Alert: ${shown(ALERT_FACTS.title)} (${shown(ALERT_ID)}).`;
const HISTORY = `See its earlier logs, the oldest first: ${searchFor(ALERT_ID)}.`;

export const UPDATE_RULES = {
  'alert-escalated': threshold({
    name: 'Valence: alert with a new, high severity',
    goal: 'Notice when an alert that your team may have put aside becomes a severe one.',
    strategy:
      'Alerts that are forwarded again because their severity changed (`@valence_forwarder.changed:severity`), by alert. Needs the setting `alertUpdates`: without it each alert is forwarded once.',
    queries: {
      critical: updatedAlerts('severity', '@alert_type_details.severity:Critical'),
      high: updatedAlerts('severity', '@alert_type_details.severity:High'),
    },
    groupBy: [ALERT_ID],
    window: 3600,
    cases: [
      {
        status: 'critical',
        when: 'critical > 0',
        because: 'no severity is above Critical, so the alert was less severe before.',
      },
      {
        status: 'medium',
        when: 'high > 0',
        because: 'the log names the new severity only: the alert may have been Critical before.',
      },
    ],
    falsePositives:
      'An administrator of Valence who rates a type of alert anew: then each alert of that type has a signal when it changes the next time.',
    triage: [
      WHICH,
      HISTORY,
      'If other alerts of its type have such a signal too, ask the administrator of Valence who rated the type anew, and why.',
      `If not, handle the alert as a new one of its severity. Its actor, if one is known: ${shown(FACTS.actor)}.`,
    ],
  }),

  'alert-reopened': threshold({
    name: 'Valence: alert reopened',
    goal: 'Notice when a threat that your team may have dealt with is back.',
    strategy:
      'Alerts that are forwarded again because their status changed (`@valence_forwarder.changed:status`) and that are open now, by alert. Needs the setting `alertUpdates`: without it each alert is forwarded once.',
    queries: { reopened: updatedAlerts('status', OPEN) },
    groupBy: [ALERT_ID],
    window: 3600,
    cases: [
      {
        status: 'medium',
        when: 'reopened > 0',
        because:
          'the log does not name the status before: if it was a closed one, either the fix did not last or closing was wrong.',
      },
    ],
    falsePositives:
      'An alert that was never closed, but set back to Open from another status, such as In Progress. An alert that was closed by mistake and opened again at once.',
    triage: [
      WHICH,
      HISTORY,
      'If none of them has a closed status, the alert was only set back to Open: close the signal.',
      'Otherwise find out who closed it, and which fix they relied on. Is the fix still in place?',
      'Handle the alert as a new one, and write down in Valence why it came back.',
    ],
  }),
} satisfies Record<string, DetectionRule>;
