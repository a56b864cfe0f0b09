import { ANN, alert, BOB, every, HOUR, MINUTE, START } from './records.ts';
import type { RuleSample } from './sample.ts';

const ann = [ANN];

/** Alerts that tell one thing of their actor. */
const BY_EMAIL = { known: ['email'] } as const;
const BY_ID = { known: ['id'] } as const;
const BY_NAME = { known: ['name'] } as const;

export const ACTOR_SAMPLES = {
  'several-severe-alerts': {
    fires: [
      { status: 'high', about: ann, records: every(HOUR, 3, (at) => alert(at)) },
      {
        status: 'critical',
        about: ann,
        records: every(HOUR, 5, (at) => alert(at, { severity: 'Critical' })),
      },
      { status: 'high', about: ann, records: every(HOUR, 3, (at) => alert(at, BY_EMAIL)) },
      {
        status: 'high',
        about: ['id-CI'],
        records: every(HOUR, 3, (at) => alert(at, { by: 'CI', ...BY_ID })),
      },
      {
        status: 'high',
        about: ann,
        records: every(HOUR, 3, (at, index) => alert(at, index === 1 ? BY_EMAIL : {})),
      },
    ],
    quiet: {
      'two alerts': every(HOUR, 2, (at) => alert(at)),
      'one alert, sent three times': every(HOUR, 3, (at) => alert(at, { vuid: 'alert-7' })),
      'three alerts of three actors': every(HOUR, 3, (at, index) =>
        alert(at, { by: `user-${index}@example.com` }),
      ),
      'three alerts of medium severity': every(HOUR, 3, (at) => alert(at, { severity: 'Medium' })),
      'three alerts in nine hours': every(3 * HOUR + MINUTE, 3, (at) => alert(at)),
    },
  },

  'several-platforms': {
    fires: [
      {
        status: 'medium',
        about: [ANN],
        records: [alert(START, { platform: 'Okta' }), alert(START + HOUR, { platform: 'GitHub' })],
      },
      {
        status: 'high',
        about: [ANN],
        records: every(HOUR, 3, (at, index) =>
          alert(at, { platform: `platform-${index}`, severity: 'Medium' }),
        ),
      },
    ],
    quiet: {
      'many alerts on one platform': every(HOUR, 9, (at) => alert(at)),
      'two people on two platforms': [
        alert(START, { platform: 'Okta' }),
        alert(START + HOUR, { platform: 'GitHub', by: BOB }),
      ],
      'alerts of low severity': every(HOUR, 3, (at, index) =>
        alert(at, { platform: `platform-${index}`, severity: 'Low' }),
      ),
      'two platforms in seven hours': [
        alert(START, { platform: 'Okta' }),
        alert(START + 7 * HOUR, { platform: 'GitHub' }),
      ],
    },
  },

  'privileged-change': {
    fires: [
      { status: 'high', about: ann, records: [alert(START, { technique: 'T1098.003' })] },
      { status: 'medium', about: ann, records: [alert(START, { technique: 'T1484', severity: 'Low' })] },
      {
        status: 'high',
        about: ann,
        records: [alert(START, { technique: 'T1548.005', severity: 'Critical' })],
      },
      { status: 'high', about: ann, records: [alert(START, { technique: 'T1098', ...BY_EMAIL })] },
    ],
    quiet: { 'an alert on another technique': [alert(START, { technique: 'T1114.003' })] },
  },

  'collection-or-exfiltration': {
    fires: [
      { status: 'high', about: ann, records: [alert(START, { tactic: 'TA0009' })] },
      { status: 'medium', about: ann, records: [alert(START, { tactic: 'TA0010', severity: 'Medium' })] },
      {
        status: 'high',
        about: ann,
        records: every(10 * MINUTE, 3, (at) => alert(at, { tactic: 'TA0010', severity: 'Low' })),
      },
      { status: 'high', about: ann, records: [alert(START, { tactic: 'TA0010', ...BY_EMAIL })] },
    ],
    quiet: { 'an alert on another tactic': [alert(START, { tactic: 'TA0003' })] },
  },

  'app-severe-alert': {
    fires: [
      { status: 'high', about: ['CI'], records: [alert(START, { by: 'CI', byApp: true })] },
      { status: 'high', about: ['CI'], records: [alert(START, { by: 'CI', byApp: true, ...BY_NAME })] },
      { status: 'high', about: ['id-CI'], records: [alert(START, { by: 'CI', byApp: true, ...BY_ID })] },
      {
        status: 'critical',
        about: ['CI'],
        records: every(MINUTE, 3, (at) => alert(at, { by: 'CI', byApp: true })),
      },
    ],
    quiet: {
      'the alert of a person': [alert(START)],
      'an alert of medium severity': [alert(START, { by: 'CI', byApp: true, severity: 'Medium' })],
    },
  },
} as const satisfies Record<string, RuleSample>;
