import * as z from 'zod/mini';
import { DATADOG_SITES, datadogSiteOf } from '../../shared/datadog-sites.ts';
import type { FunctionSetting } from '../definition.ts';
import { list, origin, text, word } from '../kinds.ts';
import { datadogTag, plainText } from '../readers.ts';
import { isNoKey, LOOKS_LIKE_KEY } from '../secret-id.ts';

/** Where logs go, and what is added to each. */
export const datadogSettings = {
  /**
   * Site of the Datadog organisation.
   * @default 'datadoghq.com'
   */
  datadogSite: {
    context: 'datadogSite',
    environment: 'DATADOG_SITE',
    value: word(DATADOG_SITES, datadogSiteOf),
    default: 'datadoghq.com',
    description: {
      context: 'Datadog site of your organisation, as the address bar of Datadog shows it.',
      environment: 'Datadog site of your organisation.',
    },
    example: { context: 'us3.datadoghq.com', environment: 'us3.datadoghq.com' },
  },
  /**
   * Tags `key:value` put on every log.
   * @default none
   */
  datadogTags: {
    context: 'datadogTags',
    environment: 'DATADOG_TAGS',
    value: list(datadogTag(), {
      context: 'key:value, separated by commas, or a JSON list',
      environment: 'key:value, separated by commas',
    }),
    default: [] as string[],
    description: { context: 'Tags put on every log.', environment: 'Tags for every log.' },
    example: { context: ['team:soc', 'site:eu'], environment: 'team:soc,site:eu' },
  },
  /**
   * Value of the `env` tag on every log.
   * @default no such tag
   */
  datadogEnv: {
    context: 'datadogEnv',
    environment: 'DATADOG_ENV',
    value: text(
      plainText().check(
        z.regex(/^[\p{L}\p{N}_\-./:]{1,190}$/u, { error: 'is not a tag value' }),
        z.refine(isNoKey, { error: LOOKS_LIKE_KEY }),
      ),
      'letters, digits and _ - . / :',
    ),
    description: { context: 'Value of the `env` tag on every log.', environment: "Datadog's `env` tag." },
    example: { context: 'prod', environment: 'prod' },
  },
  /**
   * Replaces the site's logs intake.
   * @default the site's own
   */
  datadogIntakeUrl: {
    context: 'datadogIntakeUrl',
    environment: 'DATADOG_INTAKE_URL',
    value: origin(),
    description: {
      context: "Replaces the site's logs intake, for a private link or a proxy.",
      environment: "Replaces the site's logs intake; `/api/v2/logs` is appended if it is missing.",
    },
    example: { context: 'https://intake.example.com', environment: 'https://intake.example.com' },
  },
  /**
   * Replaces the origin of the site's API.
   * @default the site's own
   */
  datadogApiUrl: {
    context: 'datadogApiUrl',
    environment: 'DATADOG_API_URL',
    value: origin(),
    description: {
      context: "Replaces the origin of the site's API, which checks the key.",
      environment: "Replaces the origin of the site's API.",
    },
    example: { context: 'https://api.example.com', environment: 'https://api.example.com' },
  },
} as const satisfies Record<string, FunctionSetting>;
