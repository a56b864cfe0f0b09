import { type Aws, startAws } from '../stand-ins/aws/aws.ts';
import { RESOURCES } from './resources.ts';

export interface ForwarderAwsOptions {
  valenceKey: string;
  datadogKey: string;
  /** Folder that keeps state and quarantine; in memory when left out. */
  folder?: string;
}

/** Starts the AWS services with what the forwarder's stack would create, keys stored. */
export const startForwarderAws = ({ valenceKey, datadogKey, folder }: ForwarderAwsOptions): Promise<Aws> =>
  startAws({
    tables: [RESOURCES.STATE_TABLE],
    buckets: [RESOURCES.QUARANTINE_BUCKET],
    secrets: {
      [RESOURCES.VALENCE_SECRET_ID]: valenceKey,
      [RESOURCES.DATADOG_SECRET_ID]: datadogKey,
    },
    ...(folder !== undefined && { folder }),
  });
