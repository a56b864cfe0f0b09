import {
  ANN,
  BOB,
  connector,
  connectorAuthenticated,
  connectorRenamed,
  DAY,
  every,
  HOUR,
  MINUTE,
  policyDisabled,
  policyUpdated,
  START,
  uploaded,
} from './records.ts';
import type { RuleSample } from './sample.ts';

const WEEK = 7 * DAY;

const authenticationFailures = (count: number) =>
  every(MINUTE, count, (at, index) =>
    connectorAuthenticated(at, 'Main', { by: index % 2 ? ANN : BOB, success: false }),
  );

export const PROTECTION_SAMPLES = {
  'policy-disabled': {
    fires: [
      { status: 'medium', about: [ANN], records: [policyDisabled(START)] },
      {
        status: 'high',
        about: [ANN],
        records: every(MINUTE, 3, (at, index) => policyDisabled(at, `policy ${index}`)),
      },
    ],
    quiet: {
      'a policy that is changed': [policyUpdated(START)],
      'an attempt that failed': [policyDisabled(START, 'policy', { success: false })],
    },
  },

  'connector-deleted': {
    fires: [
      { status: 'medium', about: [ANN], records: [connector(START, 'Deleted', 'Okta')] },
      {
        status: 'high',
        about: [ANN],
        records: every(MINUTE, 3, (at, index) => connector(at, 'Deleted', 'Okta', `Main ${index}`)),
      },
    ],
    quiet: {
      'a connector that is created or renamed': [
        connector(START, 'Created', 'Okta'),
        connectorRenamed(START, 'Okta'),
      ],
      'an attempt that failed': [connector(START, 'Deleted', 'Okta', 'Main', { success: false })],
    },
  },

  'siem-export-changed': {
    fires: [
      { status: 'high', about: [ANN], records: [connector(START, 'Deleted', 'Datadog')] },
      { status: 'high', about: [ANN], records: [connector(START, 'Deleted', 'Microsoft Sentinel')] },
      { status: 'medium', about: [ANN], records: [connectorRenamed(START, 'Datadog')] },
      { status: 'medium', about: [ANN], records: [connector(START, 'Created', 'Microsoft Sentinel')] },
      {
        status: 'medium',
        about: [ANN],
        records: [connector(START, 'Deleted', 'Datadog', 'Main', { success: false })],
      },
    ],
    quiet: { 'a connector of a platform': [connector(START, 'Deleted', 'Okta', 'Datadog of the team')] },
  },

  'connector-authentication-failing': {
    fires: [
      { status: 'low', about: ['Salesforce', 'Main'], records: authenticationFailures(2) },
      { status: 'medium', about: ['Salesforce', 'Main'], records: authenticationFailures(5) },
    ],
    quiet: {
      'one failure': authenticationFailures(1),
      'one failure each of five connectors': every(MINUTE, 5, (at, index) =>
        connectorAuthenticated(at, `Main ${index}`, { success: false }),
      ),
      'other failures': every(MINUTE, 5, (at) => policyUpdated(at, { success: false })),
      successes: every(MINUTE, 5, (at) => connectorAuthenticated(at)),
    },
  },

  'upload-by-new-user': {
    fires: [
      {
        status: 'medium',
        about: ['HR'],
        records: [uploaded(START, 'HR'), uploaded(START + WEEK + HOUR, 'HR', { by: BOB })],
      },
      {
        status: 'medium',
        about: ['HR'],
        records: [uploaded(START, 'HR'), uploaded(START + 29 * DAY, 'HR')],
      },
      {
        status: 'medium',
        about: ['HR'],
        records: [
          uploaded(START, 'HR'),
          uploaded(START + WEEK + HOUR, 'HR', {
            by: BOB,
            file: 'x" of kind "Users" to a Custom connector named "Other',
          }),
        ],
      },
    ],
    quiet: {
      'a new user while users are learned': [uploaded(START, 'HR'), uploaded(START + DAY, 'HR', { by: BOB })],
      'the usual user': [uploaded(START, 'HR'), uploaded(START + WEEK + HOUR, 'HR')],
      'an upload to a new connector': [
        uploaded(START, 'HR'),
        uploaded(START + WEEK + HOUR, 'Badges', { by: BOB }),
      ],
      'an upload that failed': [
        uploaded(START, 'HR'),
        uploaded(START + WEEK + HOUR, 'HR', { by: BOB, success: false }),
      ],
    },
  },
} as const satisfies Record<string, RuleSample>;
