import { QUARANTINE_PREFIX } from '../contract.ts';

/** The refusal of a prefix outside the quarantine of a forwarder, for the errors of function and tools. */
export const prefixOutside = (root: string) =>
  ({
    code: 'prefix-outside',
    message: `The prefix does not begin with ${root}, where this forwarder keeps quarantined records.`,
  }) as const;

/** Whether a prefix names the quarantine of any tenant, rather than what follows the tenant's own prefix. */
export const isWholePrefix = (prefix: string): boolean => prefix.startsWith(QUARANTINE_PREFIX);
