import type { ApiKey } from '../../lambda/shared/api-key.ts';
import { parseSecret, SecretProblem } from '../../lambda/shared/aws/secret-value.ts';
import { CredentialError } from '../../lambda/shared/errors.ts';

/**
 * A key from an environment variable, which does not change while the process runs.
 * @param variable name of the variable
 * @param place where the user gets a key
 * @param parse reads the key from the value
 * @returns a key whose calls throw {@link CredentialError}, never showing the value
 */
export function environmentKey(variable: string, place: string, parse = parseSecret): ApiKey {
  const fix = `Set ${variable} (${place}).`;
  return {
    fix,
    value: async () => {
      const given = process.env[variable] ?? '';
      if (given.trim() === '') throw new CredentialError('key-missing', `${variable} is not set.`, fix);
      try {
        return parse(given);
      } catch (error) {
        if (error instanceof SecretProblem) {
          throw new CredentialError(error.code, `${variable} ${error.message}.`, fix);
        }
        throw error;
      }
    },
    renew: async () => undefined,
  };
}
