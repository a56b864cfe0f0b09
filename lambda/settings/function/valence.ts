import { AWS_REGION } from '../../shared/aws-partitions.ts';
import { VALENCE_ORIGINS, VALENCE_REGIONS, type ValenceRegion } from '../../shared/valence-regions.ts';
import { apiProfileOverrides } from '../api-profile.ts';
import type { FunctionSetting } from '../definition.ts';
import { json, origin, word } from '../kinds.ts';
import { oneOf } from '../readers.ts';

/** The region whose address a user gave instead, as the browser shows it. */
const regionOfAddress = (text: string): ValenceRegion | undefined =>
  VALENCE_REGIONS.find(
    (name) => text === VALENCE_ORIGINS[name] || text.startsWith(`${VALENCE_ORIGINS[name]}/`),
  );

const region = () => {
  const known = word(VALENCE_REGIONS, regionOfAddress);
  return {
    ...known,
    context: oneOf(VALENCE_REGIONS, regionOfAddress, (value) =>
      typeof value === 'string' && AWS_REGION.test(value)
        ? 'is an AWS region, and this is the Valence region; the AWS region comes from your AWS profile (AWS_PROFILE, AWS_REGION) or from the setting awsRegion'
        : 'is not known',
    ),
  };
};

/** Where records come from. */
export const valenceSettings = {
  /**
   * Region of the Valence account.
   * @default 'us'
   */
  valenceRegion: {
    context: 'region',
    environment: 'VALENCE_REGION',
    value: region(),
    default: 'us',
    description: {
      context:
        'Valence region: `us` when you open Valence at `app.valencesecurity.com`, `eu` at `appeu.valencesecurity.com`.',
      environment: 'Valence region of your tenant: `eu` when you sign in at appeu.valencesecurity.com.',
    },
    example: { context: 'eu', environment: 'eu' },
  },
  /**
   * Parts of the API profile that differ from the default one.
   * @default the default API profile
   */
  valenceApi: {
    context: 'valenceApi',
    environment: 'VALENCE_API_PROFILE',
    value: json(apiProfileOverrides, {
      context: 'a JSON object with keys of the API profile',
      environment: 'a JSON object with keys of the API profile',
    }),
    description: {
      context: 'Corrections to the assumed Valence API, merged over the default profile.',
      environment: 'Corrections to the default profile of the Valence API.',
    },
    example: { context: { itemsPath: 'data.rows' }, environment: '{"itemsPath":"data.rows"}' },
  },
  /**
   * Replaces the origin of the Valence region.
   * @default the region's own
   */
  valenceBaseUrl: {
    context: 'valenceBaseUrl',
    environment: 'VALENCE_BASE_URL',
    value: origin(),
    description: {
      context: "Replaces the origin of the Valence region; the profile's paths are appended.",
      environment: "Replaces the region's origin; the profile's paths are appended.",
    },
    example: { context: 'https://valence.example.com', environment: 'https://valence.example.com' },
  },
} as const satisfies Record<string, FunctionSetting>;
