import type { ApiKey } from '../../lambda/shared/api-key.ts';
import { deadlineIn, systemClock } from '../../lambda/shared/clock.ts';
import { isDatadogKeyValid } from '../../lambda/shared/datadog-key-check.ts';
import { apiOrigin, DATADOG_SITES, type DatadogSite } from '../../lambda/shared/datadog-sites.ts';
import type { Transport } from '../../lambda/shared/http.ts';
import { type Finding, fail, ok } from './finding.ts';

const TIME_LIMIT_MS = 20_000;

export interface DatadogCheck {
  transport: Transport;
  apiKey: ApiKey;
  site: DatadogSite;
  /** Origin of the API in force: the site's, or one that replaces it. */
  origin: string;
  /** Origin of the API of a site. @default Datadog's own */
  originOf?: (site: DatadogSite) => string;
}

/** The site that accepts a key; only those are asked that are Datadog's own. */
async function siteOf(
  key: string,
  { transport, site, originOf = apiOrigin }: DatadogCheck,
): Promise<DatadogSite | undefined> {
  const deadline = deadlineIn(systemClock, TIME_LIMIT_MS);
  const others = DATADOG_SITES.filter((other) => other !== site);
  const answers = await Promise.all(
    others.map((other) =>
      isDatadogKeyValid(transport, { origin: originOf(other), key, deadline }).catch(() => false),
    ),
  );
  return others.find((_, index) => answers[index]);
}

/**
 * Asks Datadog whether it knows the key, without sending a log.
 * @throws {CredentialError} when there is no usable key; {@link SinkError} when Datadog gives no clear answer
 */
export async function checkDatadog(check: DatadogCheck): Promise<Finding> {
  const { transport, apiKey, site, origin, originOf = apiOrigin } = check;
  const name = 'datadog.key';
  const key = await apiKey.value();
  const deadline = deadlineIn(systemClock, TIME_LIMIT_MS);
  if (await isDatadogKeyValid(transport, { origin, key, deadline }))
    return ok(name, `${site} accepts the key`);
  const refused = `${site} does not know the key`;
  // A private link or a proxy was chosen on purpose: the key goes nowhere else.
  const other = origin === originOf(site) ? await siteOf(key, check) : undefined;
  if (other) {
    return fail(
      name,
      `${refused}, ${other} does`,
      `Set datadogSite (DATADOG_SITE on a local run) to ${other}.`,
    );
  }
  return fail(name, refused, `Use an API key that is not revoked, not an application key. ${apiKey.fix}`);
}
