import { isLoopback } from '../../lambda/settings/readers.ts';
import { apiOrigin, DATADOG_SITES } from '../../lambda/shared/datadog-sites.ts';
import { shellWord } from '../../lambda/shared/shell.ts';
import { VALENCE_ORIGINS } from '../../lambda/shared/valence-regions.ts';
import { type Finding, warn } from '../doctor/finding.ts';

/**
 * Where keys may go from an operator's machine. Addresses and names of secrets come from the settings of a function, and whoever may
 * create a stack chooses them; the secrets are read with the operator's rights.
 */

/** Whose address it should be. A proxy gets no key, but it carries all of them, and its own credentials if it asks for some. */
type Owner = 'Valence' | 'Datadog' | 'proxy';

const OWN_ORIGINS: Readonly<Record<Owner, readonly string[]>> = {
  Valence: Object.values(VALENCE_ORIGINS),
  Datadog: DATADOG_SITES.map(apiOrigin),
  proxy: [],
};

const SENT: Readonly<Record<Owner, (origin: string) => string>> = {
  Valence: (origin) => `the function sends the Valence key to ${origin}, which is no address of Valence`,
  Datadog: (origin) => `the function sends the Datadog key to ${origin}, which is no address of Datadog`,
  proxy: (origin) => `the function reaches Valence and Datadog by the proxy ${origin}`,
};

/**
 * What to say instead of sending a secret to an address.
 * @param name of the finding
 * @param address URL that the settings of the function name
 * @param named origins that the operator named
 * @returns undefined when the secret may go there: to its owner, to this machine, or to an origin that was named
 */
export function withheld(
  name: string,
  owner: Owner,
  address: string,
  named: readonly string[],
): Finding | undefined {
  const { origin, hostname } = new URL(address);
  if (OWN_ORIGINS[owner].includes(origin) || isLoopback(hostname) || named.includes(origin)) return undefined;
  return warn(
    name,
    `not checked from here: ${SENT[owner](origin)}`,
    `If you have set this address, add --send-keys-to ${shellWord(origin)}. What the function itself reaches is in function.check.`,
  );
}
