import { devNull } from 'node:os';
import { isAtWork, readWhereabouts, whereaboutsFile } from '../run-locally/stay/instance-file.ts';
import { OpsError } from './ops-error.ts';

/**
 * Points every AWS client of this process at the forwarder that stays at work on this machine. Whatever of the user's own
 * AWS settings stands in the environment goes: nothing of them may be sent there, and nothing of this to AWS.
 * @throws {OpsError} `local-not-running`
 */
export async function useLocalForwarder(): Promise<void> {
  const found = readWhereabouts(whereaboutsFile());
  if (!found || !(await isAtWork(found))) {
    throw new OpsError(
      'local-not-running',
      found
        ? `The forwarder that stayed at work on this machine, in process ${found.pid}, is gone.`
        : 'No forwarder is at work on this machine.',
      'Start one in another terminal and leave it there: npm start -- --stay',
    );
  }
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, found.environment, {
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
}
