/**
 * Every Datadog site that takes logs, by the name Datadog gives it.
 * Source: Datadog documentation, "Getting started with Datadog sites" and the logs intake API.
 */
export const DATADOG_SITES = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'uk1.datadoghq.com',
  'ddog-gov.com',
  'us2.ddog-gov.com',
] as const;

export type DatadogSite = (typeof DATADOG_SITES)[number];

/** Origin of the logs intake of a site. */
export const intakeOrigin = (site: DatadogSite): string => `https://http-intake.logs.${site}`;

/** Origin of the management API of a site. */
export const apiOrigin = (site: DatadogSite): string => `https://api.${site}`;

/** Origin of a site in the browser. */
export const webOrigin = (site: DatadogSite): string =>
  `https://${site.split('.').length === 2 ? `app.${site}` : site}`;

/** Names by which Datadog's documentation calls sites. */
const NAMES: Readonly<Record<string, DatadogSite>> = {
  us: 'datadoghq.com',
  us1: 'datadoghq.com',
  us3: 'us3.datadoghq.com',
  us5: 'us5.datadoghq.com',
  eu: 'datadoghq.eu',
  eu1: 'datadoghq.eu',
  ap1: 'ap1.datadoghq.com',
  ap2: 'ap2.datadoghq.com',
  uk1: 'uk1.datadoghq.com',
  'us1-fed': 'ddog-gov.com',
  'us2-fed': 'us2.ddog-gov.com',
};

/** The site that a user means by one of its names, or by an address as the browser shows it; undefined if there is none. */
export function datadogSiteOf(text: string): DatadogSite | undefined {
  if (Object.hasOwn(NAMES, text)) return NAMES[text];
  const host = /^(?:https:\/\/)?(?:app\.)?([a-z0-9.-]+)(?:\/|$)/.exec(text)?.[1];
  return DATADOG_SITES.find((site) => site === host);
}
