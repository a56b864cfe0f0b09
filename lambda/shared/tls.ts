import { ConfigError } from './errors.ts';

/** What every TLS connection holds to, whatever the environment or the flags of Node say. */
export const TLS = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;

/**
 * Refuses an environment in which Node would trust every certificate. The connections of this project check certificates
 * nevertheless; whoever sets the variable expects something else, and libraries may follow it.
 * @throws {ConfigError}
 */
export function assertCertificatesChecked(environment: Readonly<Record<string, string | undefined>>): void {
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw new ConfigError([
    'NODE_TLS_REJECT_UNAUTHORIZED = "0": would send keys and records to any server that answers. Remove it. To trust the certificate of a proxy, name its file in NODE_EXTRA_CA_CERTS.',
  ]);
}
