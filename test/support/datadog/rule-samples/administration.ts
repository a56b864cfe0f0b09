import {
  ANN,
  audit,
  BOB,
  DAY,
  every,
  HOUR,
  keyCreated,
  MINUTE,
  policyUpdated,
  START,
  signIn,
  userCreated,
  userDeleted,
  userUpdated,
} from './records.ts';
import type { RuleSample } from './sample.ts';

const WEEK = 7 * DAY;

const deletions = (count: number, by = ANN) =>
  every(MINUTE, count, (at, index) => userDeleted(at, `user-${index}@example.com`, { by }));

const refusals = (count: number) => every(20, count, (at) => userUpdated(at, 'Admin', { success: false }));

export const ADMINISTRATION_SAMPLES = {
  'admin-granted': {
    fires: [
      { status: 'high', about: [ANN], records: [userCreated(START, 'Admin')] },
      { status: 'high', about: [ANN], records: [userUpdated(START, 'Super admin')] },
      ...[
        'Created user bob with role "Viewer" with access to Duo "x" with role "Admin" with access to Okta "Main"',
        'Created user bob with role "Viewer" with access to Duo "x, y" with role "Admin" with access to Okta "Main"',
        'Created user bob with role "Viewer" with access to Duo "x, y" with role "Admin" with access to Okta "a, b"',
        'Created user bob with role "Viewer" with access to Duo and permission sets x with role "Admin" with access to Okta',
        'Updated user bob with role "Viewer" with access to Okta to role "Admin" with access to Okta "Main"',
      ].map((details) => ({
        status: 'high' as const,
        about: [ANN],
        records: [audit(START, 'User created', details)],
      })),
    ],
    quiet: {
      'a role without rights': [userCreated(START, 'Viewer'), userUpdated(START, 'Editor')],
      'an attempt that failed': [userUpdated(START, 'Admin', { success: false })],
      'an administrator who is deleted': [
        audit(
          START,
          'User deleted',
          'Deleted user eve@example.com with role "Admin" with access to all platforms',
        ),
      ],
    },
  },

  'users-deleted': {
    fires: [
      { status: 'medium', about: [ANN], records: deletions(5) },
      { status: 'high', about: [ANN], records: deletions(10) },
    ],
    quiet: {
      'four users': deletions(4),
      'nine users who are created': every(MINUTE, 9, (at) => userCreated(at)),
      'five users by two actors': [...deletions(3), ...deletions(2, BOB)],
      'five users in a day': every(4 * HOUR, 5, (at) => userDeleted(at, 'eve@example.com')),
      'attempts that failed': every(MINUTE, 9, (at) =>
        userDeleted(at, 'eve@example.com', { success: false }),
      ),
    },
  },

  'api-key-created': {
    fires: [
      { status: 'medium', about: [ANN], records: [keyCreated(START)] },
      {
        status: 'high',
        about: [ANN],
        records: every(MINUTE, 3, (at, index) => keyCreated(at, `key-${index}`)),
      },
      {
        status: 'medium',
        about: ['scim-service'],
        records: [keyCreated(START, 'key', { by: 'scim-service' })],
      },
    ],
    quiet: {
      'an attempt that failed': [keyCreated(START, 'key', { success: false })],
      'a user who is created': [userCreated(START)],
    },
  },

  'failed-admin-actions': {
    fires: [
      { status: 'medium', about: [ANN], records: refusals(5) },
      { status: 'high', about: [ANN], records: refusals(20) },
      {
        status: 'medium',
        about: [ANN],
        records: every(MINUTE, 5, (at) => audit(at, 'Report exported', 'Not allowed', { success: false })),
      },
    ],
    quiet: {
      'four refusals': refusals(4),
      'failed sign-ins': every(MINUTE, 9, (at) => signIn(at, { success: false })),
      'five refusals in two hours': every(30 * MINUTE, 5, (at) =>
        userUpdated(at, 'Admin', { success: false }),
      ),
      successes: every(MINUTE, 9, (at) => policyUpdated(at)),
    },
  },

  'new-action': {
    fires: [
      { status: 'low', about: [ANN], records: [policyUpdated(START), keyCreated(START + WEEK + HOUR)] },
      { status: 'low', about: [ANN], records: [policyUpdated(START), policyUpdated(START + 29 * DAY)] },
      {
        status: 'low',
        about: [ANN],
        records: [policyUpdated(START), audit(START + WEEK + HOUR, 'Report exported', 'Exported a report')],
      },
    ],
    quiet: {
      'an action that is known': [policyUpdated(START), policyUpdated(START + WEEK + HOUR)],
      'a first attempt that failed': [
        policyUpdated(START),
        keyCreated(START + WEEK + HOUR, 'key', { success: false }),
      ],
      'a first sign-in': [policyUpdated(START), signIn(START + WEEK + HOUR)],
      'a new user': [policyUpdated(START), keyCreated(START + WEEK + HOUR, 'key', { by: BOB })],
      'while actions are learned': [policyUpdated(START), keyCreated(START + DAY)],
    },
  },
} as const satisfies Record<string, RuleSample>;
