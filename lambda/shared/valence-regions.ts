/**
 * Valence Security's regions and the origin of each one's API.
 * Source: the public Valence connectors of Microsoft Sentinel and Security Copilot.
 */
export const VALENCE_ORIGINS = {
  us: 'https://app.valencesecurity.com',
  eu: 'https://appeu.valencesecurity.com',
} as const;

export type ValenceRegion = keyof typeof VALENCE_ORIGINS;

export const VALENCE_REGIONS = Object.keys(VALENCE_ORIGINS) as [ValenceRegion, ...ValenceRegion[]];
