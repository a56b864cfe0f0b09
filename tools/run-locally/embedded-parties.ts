import type { Aws } from '../stand-ins/aws/aws.ts';
import {
  type DatadogIntake,
  type DatadogIntakeOptions,
  startDatadogIntake,
} from '../stand-ins/datadog/intake.ts';
import { startValenceApi, type ValenceApi } from '../stand-ins/valence/api.ts';
import { startForwarderAws } from './forwarder-aws.ts';
import { RESOURCES } from './resources.ts';

const VALENCE_KEY = 'embedded-valence-key';
const DATADOG_KEY = 'embedded-datadog-key';

/** The services that an embedded forwarder uses. */
export interface EmbeddedParties {
  aws: Aws;
  valence: ValenceApi;
  datadog: DatadogIntake;
  /** The function's own settings, without what points the AWS SDK at the stand-ins. */
  settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts Valence, Datadog and AWS on this machine, each knowing the keys of the others. */
export async function startEmbeddedParties(
  options: Omit<DatadogIntakeOptions, 'apiKey'> = {},
): Promise<EmbeddedParties> {
  const [aws, valence, datadog] = await Promise.all([
    startForwarderAws({ valenceKey: VALENCE_KEY, datadogKey: DATADOG_KEY }),
    startValenceApi({ apiKey: VALENCE_KEY }),
    startDatadogIntake({ apiKey: DATADOG_KEY, ...options }),
  ]);
  return {
    aws,
    valence,
    datadog,
    settings: {
      ...RESOURCES,
      TENANT: 'embedded',
      VALENCE_BASE_URL: valence.origin,
      DATADOG_INTAKE_URL: datadog.origin,
      DATADOG_API_URL: datadog.origin,
    },
    close: async () => {
      await Promise.all([aws.close(), valence.close(), datadog.close()]);
    },
  };
}
