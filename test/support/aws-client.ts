import { newAccessKey } from '../../tools/stand-ins/aws/signature.ts';

/** The attempts that the forwarder's own clients make. */
const ATTEMPTS = 5;

const token = (retries: number) => ({ getRetryCount: () => retries, getRetryDelay: () => 0 });

/** The access key of stand-ins that a test starts itself. */
export const accessKey = newAccessKey();

/** Settings for AWS clients against stand-ins: they retry as often as the forwarder's do, without waiting. */
export const STAND_IN_CLIENT = {
  region: 'us-east-1',
  credentials: accessKey,
  retryStrategy: {
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async (
      last: ReturnType<typeof token>,
      { errorType }: { errorType: string },
    ) => {
      const retries = last.getRetryCount() + 1;
      if (errorType === 'CLIENT_ERROR' || retries === ATTEMPTS) throw new Error('No attempt is left.');
      return token(retries);
    },
    recordSuccess: () => undefined,
  },
};
