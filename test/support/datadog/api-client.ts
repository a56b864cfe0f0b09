import { datadogApi } from '../../../lambda/content-installer/datadog-api.ts';
import { axiosTransport } from '../../../lambda/shared/axios-transport.ts';
import { deadlineIn } from '../../../lambda/shared/clock.ts';
import { stubClock, stubKey } from '../outside-world.ts';

/** The keys of the organisation behind the stand-in. */
export const DATADOG_KEYS = { apiKey: 'planted-api-key-51f0', appKey: 'planted-application-key-88ce' };

/** The installer's own client of Datadog's API, at a stand-in with {@link DATADOG_KEYS}. */
export function clientOf({ origin }: { origin: string }) {
  const clock = stubClock();
  return datadogApi({
    transport: axiosTransport(),
    apiKey: stubKey(DATADOG_KEYS.apiKey),
    appKey: stubKey(DATADOG_KEYS.appKey),
    origin,
    clock,
    random: () => 0,
    deadline: deadlineIn(clock, 60_000),
  });
}

/** What the tools read from the environment to reach the stand-in. */
export const datadogEnvironment = ({ origin }: { origin: string }) => ({
  DD_API_KEY: DATADOG_KEYS.apiKey,
  DD_APP_KEY: DATADOG_KEYS.appKey,
  DATADOG_API_URL: origin,
});
