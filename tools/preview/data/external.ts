/** What Datadog adds by itself from its own data, and no preview can know. */
const THREAT_INTELLIGENCE = '@threat_intel';

/** Whether one of some facets is of such data: zero logs would read as if it had been looked up. */
export const needsThreatIntelligence = (facets: readonly string[]): boolean =>
  facets.some((facet) => facet.startsWith(THREAT_INTELLIGENCE));
