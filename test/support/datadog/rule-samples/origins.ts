import {
  ABROAD,
  ANN,
  alert,
  BOTNET,
  DAY,
  HOUR,
  keyCreated,
  policyUpdated,
  START,
  signIn,
  TOR_EXIT,
} from './records.ts';
import type { RuleSample } from './sample.ts';

const WEEK = 7 * DAY;

export const ORIGIN_SAMPLES = {
  'malicious-address': {
    fires: [
      { status: 'high', about: [BOTNET], records: [signIn(START, { ip: BOTNET })] },
      { status: 'high', about: [BOTNET], records: [alert(START, { ip: BOTNET, severity: 'Low' })] },
      { status: 'medium', about: [TOR_EXIT], records: [keyCreated(START, 'key', { ip: TOR_EXIT })] },
    ],
    quiet: { 'an address without a warning': [signIn(START, { ip: ABROAD }), alert(START)] },
  },

  'impossible-travel': {
    fires: [
      { status: 'medium', about: [ANN], records: [signIn(START), signIn(START + HOUR, { ip: ABROAD })] },
    ],
    quiet: {
      'a failed sign-in': [signIn(START, { ip: ABROAD, success: false })],
      'another action': [keyCreated(START, 'key', { ip: ABROAD })],
    },
  },

  'admin-action-new-country': {
    fires: [
      {
        status: 'medium',
        about: [ANN],
        records: [policyUpdated(START), keyCreated(START + WEEK + HOUR, 'key', { ip: ABROAD })],
      },
      { status: 'medium', about: [ANN], records: [policyUpdated(START), policyUpdated(START + 29 * DAY)] },
    ],
    quiet: {
      'a known country': [policyUpdated(START), keyCreated(START + WEEK + HOUR)],
      'a new country while countries are learned': [
        policyUpdated(START),
        policyUpdated(START + DAY, { ip: ABROAD }),
      ],
      'a sign-in only': [policyUpdated(START), signIn(START + WEEK + HOUR, { ip: ABROAD })],
      'a refused action': [
        policyUpdated(START),
        keyCreated(START + WEEK + HOUR, 'key', { ip: ABROAD, success: false }),
      ],
      'another user, who has always been there': [
        policyUpdated(START),
        policyUpdated(START, { by: 'bob@example.com', ip: ABROAD }),
        policyUpdated(START + WEEK + HOUR, { by: 'bob@example.com', ip: ABROAD }),
      ],
    },
  },
} as const satisfies Record<string, RuleSample>;
