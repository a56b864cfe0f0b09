import { type Aws, startAws } from './stand-ins/aws.ts';

/** The function's variables that name its resources, in every local run. */
export const RESOURCES = {
  VALENCE_SECRET_ID: 'valence-api-key',
  DATADOG_SECRET_ID: 'datadog-api-key',
  STATE_TABLE: 'forwarder-state',
  QUARANTINE_BUCKET: 'forwarder-quarantine',
} as const;

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
