import { ABROAD, ANN, BOB, every, HOME, HOUR, MINUTE, START, signIn, userUpdated } from './records.ts';
import type { RuleSample } from './sample.ts';

const failures = (count: number, by = ANN) => every(20, count, (at) => signIn(at, { by, success: false }));

const LATER = START + 10 * MINUTE;

/** One guess each at `count` users from one address. */
const spray = (count: number, ip = ABROAD) =>
  every(MINUTE, count, (at, index) => signIn(at, { by: `user-${index}@example.com`, success: false, ip }));

export const SIGN_IN_SAMPLES = {
  'brute-force': {
    fires: [{ status: 'high', about: [ANN], records: [...failures(5), signIn(LATER)] }],
    quiet: {
      'failures only': failures(30),
      'other failures, then a success': [
        ...every(20, 5, (at) => userUpdated(at, 'Viewer', { success: false })),
        signIn(LATER),
      ],
      'failures, then something else': [...failures(5), userUpdated(LATER)],
      'successes only': every(MINUTE, 9, (at) => signIn(at)),
      'four failures, then a success': [...failures(4), signIn(LATER)],
      'a success, then the failures': [signIn(START - MINUTE), ...failures(5)],
      'the success of another user': [...failures(5), signIn(LATER, { by: BOB })],
      'a success hours later': [...failures(5), signIn(START + HOUR)],
      'five failures in a day, then a success': [
        ...every(5 * HOUR, 5, (at) => signIn(at, { success: false })),
        signIn(START + 20 * HOUR + MINUTE),
      ],
    },
  },

  'failed-sign-ins': {
    fires: [
      { status: 'low', about: [ANN], records: failures(10) },
      { status: 'medium', about: [ANN], records: failures(30) },
    ],
    quiet: {
      'nine failures': failures(9),
      'ten other failures': every(MINUTE, 10, (at) => userUpdated(at, 'Viewer', { success: false })),
      'ten successes': every(MINUTE, 10, (at) => signIn(at)),
      'ten failures of two users': [...failures(5), ...failures(5, BOB)],
      'ten failures in five hours': every(30 * MINUTE, 10, (at) => signIn(at, { success: false })),
    },
  },

  'password-spray': {
    fires: [
      { status: 'medium', about: [ABROAD], records: spray(5) },
      { status: 'high', about: [ABROAD], records: [...spray(5), signIn(LATER, { ip: ABROAD })] },
    ],
    quiet: {
      'one user who fails often': failures(9),
      'four users': spray(4),
      'five users who succeed': every(MINUTE, 5, (at, index) =>
        signIn(at, { by: `user-${index}@example.com` }),
      ),
      'five users with other failures': every(MINUTE, 5, (at, index) =>
        userUpdated(at, 'Viewer', { by: `user-${index}@example.com`, success: false }),
      ),
      'five users at two addresses': [...spray(3, HOME), ...spray(5).slice(3)],
    },
  },
} as const satisfies Record<string, RuleSample>;
