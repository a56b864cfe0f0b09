import type { ApiKey } from '../../shared/api-key.ts';
import { CredentialError } from '../../shared/errors.ts';

/**
 * Reads the keys before anything else, so that all problems with them are reported together and no state changes.
 * @returns the keys that cannot be used and one error for all of them; undefined if all are usable
 */
export async function unusableKeys(
  keys: readonly ApiKey[],
): Promise<{ keys: ApiKey[]; error: CredentialError } | undefined> {
  const reads = await Promise.allSettled(keys.map((key) => key.value()));
  const errors = reads.flatMap((read) => (read.status === 'rejected' ? [read.reason] : []));
  const unforeseen = errors.find((error) => !(error instanceof CredentialError));
  if (unforeseen) throw unforeseen;
  const [first] = errors as CredentialError[];
  return (
    first && {
      keys: keys.filter((_, index) => reads[index]?.status === 'rejected'),
      error: new CredentialError(
        first.code,
        errors.map(({ message }) => message).join(' '),
        errors.map(({ fix }) => fix).join(' '),
      ),
    }
  );
}
