import { alert, DAY, every, HOUR, keyCreated, START } from './records.ts';
import type { RuleSample } from './sample.ts';

const WEEK = 7 * DAY;

const learned = alert(START, { type: 'Mail forwarded' });

export const ALERT_SAMPLES = {
  alert: {
    fires: [
      ...(
        [
          ['critical', 'Critical'],
          ['high', 'High'],
          ['medium', 'Medium'],
          ['low', 'Low'],
        ] as const
      ).map(([status, severity]) => ({
        status,
        about: ['alert-7'],
        records: [alert(START, { vuid: 'alert-7', severity })],
      })),
      { status: 'medium', about: ['alert-8'], records: [alert(START, { vuid: 'alert-8', type: null })] },
    ],
    quiet: { 'an audit log is no alert': [keyCreated(START)] },
  },

  'new-alert-type': {
    fires: [
      {
        status: 'low',
        about: ['Okta'],
        records: [learned, alert(START + WEEK + HOUR, { type: 'Bypass code created' })],
      },
      {
        status: 'low',
        about: ['Okta'],
        records: [learned, alert(START + 29 * DAY, { type: 'Mail forwarded' })],
      },
    ],
    quiet: {
      'a type that is known': [learned, alert(START + WEEK + HOUR, { type: 'Mail forwarded' })],
      'a new type while types are learned': [learned, alert(START + WEEK - HOUR, { type: 'Other' })],
      'the first type of a new platform': [learned, alert(START + WEEK + HOUR, { platform: 'Zoom' })],
      'an alert of unknown type': [learned, alert(START + WEEK + HOUR, { type: null })],
    },
  },

  'alert-volume': {
    fires: [
      {
        status: 'medium',
        about: ['con-7'],
        records: every(1, 50, (at) => alert(at, { connector: 'con-7' })),
      },
    ],
    quiet: { 'audit logs are no alerts': [keyCreated(START)] },
  },
} as const satisfies Record<string, RuleSample>;
