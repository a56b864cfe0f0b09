/**
 * Datadog's names for where this product's own logs come from: never those of Valence's records, which dashboards, rules
 * and the hosted integration listen to.
 */
export const OWN_LOG = { ddsource: 'valence-forwarder', service: 'forwarder' } as const;
