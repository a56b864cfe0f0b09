import {
  ANN,
  alert,
  BOB,
  HOUR,
  keyCreated,
  policyDisabled,
  policyUpdated,
  START,
  signIn,
  userCreated,
  userUpdated,
} from './records.ts';
import type { RuleSample } from './sample.ts';

const LATER = START + HOUR;
const NEXT_DAY = START + 24 * HOUR;

const access = alert(START, { type: 'Sign-in from an unauthorized IP', severity: 'Medium' });

export const CHAIN_SAMPLES = {
  'strange-access-then-privileged-change': {
    fires: [
      {
        status: 'critical',
        about: [ANN],
        records: [access, alert(LATER, { technique: 'T1098.003', platform: 'Microsoft 365' })],
      },
      {
        status: 'critical',
        about: [ANN],
        records: [alert(START, { technique: 'T1078.004' }), userUpdated(LATER, 'Admin')],
      },
      { status: 'critical', about: [ANN], records: [access, keyCreated(LATER)] },
    ],
    quiet: {
      'the other way round': [alert(START, { technique: 'T1098' }), alert(LATER, { technique: 'T1078' })],
      'no strange access': [alert(START), keyCreated(LATER)],
      'no gain of rights': [access, alert(LATER)],
      'the access alone': [access, signIn(LATER)],
      'the change alone': [alert(LATER, { technique: 'T1098' })],
      'two people': [access, keyCreated(LATER, 'key', { by: BOB })],
      'a day apart': [access, keyCreated(NEXT_DAY)],
      'a change that failed': [access, keyCreated(LATER, 'key', { success: false })],
    },
  },

  'alerted-then-valence-change': {
    fires: [
      { status: 'high', about: [ANN], records: [alert(START), policyUpdated(LATER)] },
      {
        status: 'high',
        about: [ANN],
        records: [alert(START, { severity: 'Critical' }), userCreated(LATER)],
      },
    ],
    quiet: {
      'the change before the alert': [policyUpdated(START), alert(LATER)],
      'an alert of medium severity': [alert(START, { severity: 'Medium' }), policyUpdated(LATER)],
      'two people': [alert(START), policyUpdated(LATER, { by: BOB })],
      'a change that failed': [alert(START), policyUpdated(LATER, { success: false })],
      'a sign-in only': [alert(START), signIn(LATER)],
      'a day apart': [alert(START), policyUpdated(NEXT_DAY)],
    },
  },

  'takeover-chain': {
    fires: [
      {
        status: 'critical',
        about: [ANN],
        records: [userCreated(START), keyCreated(LATER), policyDisabled(LATER + 5 * HOUR)],
      },
    ],
    quiet: {
      'another order': [keyCreated(START), userCreated(LATER), policyDisabled(LATER + HOUR)],
      'the policy first': [policyDisabled(START), userCreated(LATER), keyCreated(LATER + HOUR)],
      'no user is created': [userUpdated(START), keyCreated(LATER), policyDisabled(LATER + HOUR)],
      'no key is created': [userCreated(START), userUpdated(LATER), policyDisabled(LATER + HOUR)],
      'no policy is disabled': [userCreated(START), keyCreated(LATER), policyUpdated(LATER + HOUR)],
      'without the key': [userCreated(START), policyDisabled(LATER)],
      'three actors': [
        userCreated(START),
        keyCreated(LATER, 'key', { by: BOB }),
        policyDisabled(LATER + HOUR, 'policy', { by: 'eve@example.com' }),
      ],
      'a first step the day before': [
        userCreated(START),
        keyCreated(NEXT_DAY),
        policyDisabled(NEXT_DAY + HOUR),
      ],
      'a last step a day later': [userCreated(START), keyCreated(LATER), policyDisabled(NEXT_DAY)],
      'a first step that failed': [
        userCreated(START, 'Viewer', { success: false }),
        keyCreated(LATER),
        policyDisabled(LATER + HOUR),
      ],
      'a second step that failed': [
        userCreated(START),
        keyCreated(LATER, 'key', { success: false }),
        policyDisabled(LATER + HOUR),
      ],
      'a last step that failed': [
        userCreated(START),
        keyCreated(LATER),
        policyDisabled(LATER + HOUR, 'policy', { success: false }),
      ],
    },
  },
} as const satisfies Record<string, RuleSample>;
