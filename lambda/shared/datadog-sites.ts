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
