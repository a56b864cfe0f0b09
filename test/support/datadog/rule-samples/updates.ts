import { alert, HOUR, START } from './records.ts';
import type { RuleSample } from './sample.ts';

const known = { vuid: 'alert-7' };
const about = [known.vuid];

export const UPDATE_SAMPLES = {
  'alert-escalated': {
    fires: [
      {
        status: 'critical',
        about,
        records: [alert(START, { ...known, severity: 'Critical', changed: ['severity'] })],
      },
      {
        status: 'medium',
        about,
        records: [alert(START, { ...known, severity: 'High', changed: ['status', 'severity'] })],
      },
    ],
    quiet: {
      'a new alert': [alert(START, { ...known, severity: 'Critical' })],
      'a lower severity': [alert(START, { ...known, severity: 'Medium', changed: ['severity'] })],
      'another change of a severe alert': [
        alert(START, { ...known, severity: 'Critical', changed: ['status', 'events', 'other'] }),
      ],
    },
  },

  'alert-reopened': {
    fires: [
      {
        status: 'medium',
        about,
        records: [alert(START, { ...known, alertStatus: 'Open', changed: ['status'] })],
      },
    ],
    quiet: {
      'a new alert': [alert(START, known)],
      'an alert that was closed': [alert(START, { ...known, alertStatus: 'Closed', changed: ['status'] })],
      'an alert that is worked on': [
        alert(START, { ...known, alertStatus: 'In Progress', changed: ['status'] }),
      ],
      'new events in an open alert': [alert(START + HOUR, { ...known, changed: ['events'] })],
    },
  },
} as const satisfies Record<string, RuleSample>;
