import { devNull } from 'node:os';
import { instanceFile, isRunning, readInstanceFile } from '../run-locally/stay/instance-file.ts';
import { OpsError } from './ops-error.ts';

/**
 * Points every AWS client of this process at the forwarder that runs on this machine. Removes the user's own AWS settings
 * from the environment: they must not reach the stand-ins, and no request may reach AWS.
 * @throws {OpsError} `local-not-running`
 */
export async function useLocalForwarder(): Promise<void> {
  const found = readInstanceFile(instanceFile());
  if (!found || !(await isRunning(found))) {
    throw new OpsError(
      'local-not-running',
      found
        ? `The forwarder on this machine, in process ${found.pid}, has ended.`
        : 'No forwarder runs on this machine.',
      'Start one in another terminal and leave it running: npm start -- --stay',
    );
  }
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, found.environment, {
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
}
