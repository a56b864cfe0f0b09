import { type Aws, type StateServices, startAws, startStateServices } from '../stand-ins/aws/aws.ts';
import { RESOURCES } from './resources.ts';

/** The two API keys. */
export interface ForwarderKeys {
  valence: string;
  datadog: string;
}

const TABLES = [RESOURCES.STATE_TABLE];
const BUCKETS = [RESOURCES.QUARANTINE_BUCKET];

/** The keys by the names of their secrets. */
export const secretsOf = ({ valence, datadog }: ForwarderKeys) => ({
  [RESOURCES.VALENCE_SECRET_ID]: valence,
  [RESOURCES.DATADOG_SECRET_ID]: datadog,
});

/** Starts the AWS services, in memory, with what the forwarder's stack would create, keys stored. */
export const startForwarderAws = (keys: ForwarderKeys): Promise<Aws> =>
  startAws({ tables: TABLES, buckets: BUCKETS, secrets: secretsOf(keys) });

/**
 * Starts the AWS services without Secrets Manager: a server would give the keys to any program that can sign a request.
 * @param folder keeps state and quarantine
 */
export const startForwarderState = (folder: string): Promise<StateServices> =>
  startStateServices({ tables: TABLES, buckets: BUCKETS, folder });
