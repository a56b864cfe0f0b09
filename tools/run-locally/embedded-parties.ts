import { randomUUID } from 'node:crypto';
import type { Aws } from '../stand-ins/aws/aws.ts';
import {
  type DatadogIntake,
  type DatadogIntakeOptions,
  startDatadogIntake,
} from '../stand-ins/datadog/intake.ts';
import { startValenceApi, type ValenceApi } from '../stand-ins/valence/api.ts';
import { type ForwarderKeys, startForwarderAws } from './forwarder-aws.ts';
import { RESOURCES } from './resources.ts';

export const EMBEDDED_TENANT = 'embedded';

/** A key that only this start knows. */
const newKey = (owner: string) => `embedded-${owner}-${randomUUID()}`;

/** A Valence that holds the records given to it. */
export type EmbeddedValence = Pick<ValenceApi, 'origin' | 'alerts' | 'auditLogs' | 'alertTypes' | 'close'>;

/** The services that an embedded forwarder uses. */
export interface EmbeddedParties<Valence extends EmbeddedValence> {
  aws: Aws;
  valence: Valence;
  datadog: DatadogIntake;
  /** The function's own settings, without what points the AWS SDK at the stand-ins. */
  settings: Readonly<Record<string, string>>;
  /** The keys that they accept. */
  keys: ForwarderKeys;
  close(): Promise<void>;
}

/** Starts the usual Valence, Datadog and AWS on this machine, each knowing the keys of the others. */
export const startEmbeddedParties = (
  options: Omit<DatadogIntakeOptions, 'apiKey'> = {},
): Promise<EmbeddedParties<ValenceApi>> => startPartiesWith((apiKey) => startValenceApi({ apiKey }), options);

/** The same with another Valence. */
export async function startPartiesWith<Valence extends EmbeddedValence>(
  startValence: (apiKey: string) => Promise<Valence>,
  options: Omit<DatadogIntakeOptions, 'apiKey'> = {},
): Promise<EmbeddedParties<Valence>> {
  const keys: ForwarderKeys = { valence: newKey('valence'), datadog: newKey('datadog') };
  const [aws, valence, datadog] = await Promise.all([
    startForwarderAws(keys),
    startValence(keys.valence),
    startDatadogIntake({ apiKey: keys.datadog, ...options }),
  ]);
  return {
    aws,
    valence,
    datadog,
    settings: {
      ...RESOURCES,
      TENANT: EMBEDDED_TENANT,
      VALENCE_BASE_URL: valence.origin,
      DATADOG_INTAKE_URL: datadog.origin,
      DATADOG_API_URL: datadog.origin,
    },
    keys,
    close: async () => {
      await Promise.all([aws.close(), valence.close(), datadog.close()]);
    },
  };
}
