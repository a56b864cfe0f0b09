import * as z from 'zod/mini';
import type { ContentKind } from '../../lambda/content-installer/content-item.ts';
import { CONTENT_STACK_SUFFIX } from '../../lambda/contract.ts';
import {
  type ContentPart,
  type ContentSettings,
  contentSettings,
  PARTS,
} from '../../lambda/settings/content/content.ts';
import { contextShape, type ValueOf } from '../../lambda/settings/definition.ts';
import { deploymentSettings } from '../../lambda/settings/deployment-settings.ts';
import { datadogSettings } from '../../lambda/settings/function/datadog.ts';
import { networkSettings } from '../../lambda/settings/function/network.ts';
import { settingProblems } from '../../lambda/settings/problems.ts';
import { jsonValue } from '../../lambda/settings/readers.ts';
import { withRules } from '../../lambda/settings/rules.ts';
import { datadogSiteOf } from '../../lambda/shared/datadog-sites.ts';
import { ConfigError } from '../../lambda/shared/errors.ts';
import { isObject } from '../../lambda/shared/json.ts';
import { contentKeys } from '../datadog/content.ts';
import type { Customisation } from '../datadog/customise.ts';
import { suggest, suggestWithin } from '../suggest.ts';
import { given, type Values } from './given.ts';
import { longestInterval } from './interval.ts';
import { regionRules } from './regions.ts';

const MISSING_KEYS =
  'needs secrets that hold the keys before the deployment starts: name them in existingDatadogSecret (API key) and existingDatadogAppKeySecret (application key). Without them, deploy first without datadogContent, store the API key in the secret that this creates and the application key in one of your own, and deploy again with all three (npx cdk deploy --all)';

const contentShape = contextShape(contentSettings);

const isParts = (value: unknown): value is readonly ContentPart[] =>
  Array.isArray(value) &&
  value.every((part) => isObject(part) && Object.values<unknown>(PARTS).includes(part['kind']));

/** The keys that are to be left out, by kind: of the parts, or of what the user gave if another mistake is in it. */
function excludedKeys(given: unknown): (readonly [ContentKind, readonly unknown[]])[] {
  const value = jsonValue(given);
  if (isParts(value)) return value.map(({ kind, exclude = [] }) => [kind, exclude]);
  if (!isObject(value)) return [];
  return Object.entries(PARTS).map(([name, kind]) => {
    const part = value[name];
    return [kind, isObject(part) && Array.isArray(part['exclude']) ? part['exclude'] : []];
  });
}

/** What is wrong with the keys that are to be left out. */
const unknownKeys = (given: unknown): string[] =>
  excludedKeys(given).flatMap(([kind, keys]) => {
    const known = contentKeys(kind);
    return keys.flatMap((key) => {
      if (typeof key !== 'string' || known.includes(key)) return [];
      const meant = suggest(key, known);
      return [`there is no ${kind} ${key}${meant ? `, did you mean ${meant}?` : ''}`];
    });
  });

/** Refuses to leave out what does not exist, together with all other problems. */
const withKnownKeys = <T extends z.ZodMiniObject>(schema: T): T =>
  schema.check(
    z.refine((settings) => unknownKeys(settings['datadogContent']).length === 0, {
      path: ['datadogContent'],
      error: ({ input }) =>
        `${unknownKeys((input as Values)['datadogContent']).join('; ')} (docs/datadog-content.md lists all)`,
      when: () => true,
    }),
  );

/** The settings of a forwarder that the stack of the content needs, too. */
const sharedShape = {
  ...z.pick(z.object(contextShape(datadogSettings)), { datadogSite: true, datadogApiUrl: true }).shape,
  ...z.object(contextShape(networkSettings)).shape,
  ...z.pick(z.object(contextShape(deploymentSettings)), {
    awsRegion: true,
    logRetentionDays: true,
    existingDatadogSecret: true,
    existingProxySecret: true,
    existingSecretsKmsKeyArn: true,
    vpcId: true,
    subnetIds: true,
    securityGroupIds: true,
    kmsKeyArn: true,
    permissionsBoundary: true,
    rolePath: true,
    roleNamePrefix: true,
    resourceTags: true,
  }).shape,
};

const contentFields = z.object({ ...contentShape, ...sharedShape });
type ContentFields = z.output<typeof contentFields>;

/** Whether something is to be installed. */
const isWanted = ({ datadogContent }: Partial<ContentFields>) =>
  Array.isArray(datadogContent) && datadogContent.length > 0;

const REGION_RULES = regionRules<ContentFields>(
  [
    'kmsKeyArn',
    'existingSecretsKmsKeyArn',
    'existingDatadogSecret',
    'existingDatadogAppKeySecret',
    'existingProxySecret',
    'permissionsBoundary',
  ],
  isWanted,
);

const completeSchema = withKnownKeys(contentFields).check(
  z.refine(
    ({ datadogContent, existingDatadogSecret, existingDatadogAppKeySecret }) =>
      // A value that is wrong in itself has its own problem and stays as the user gave it.
      !Array.isArray(datadogContent) ||
      datadogContent.length === 0 ||
      (existingDatadogSecret && existingDatadogAppKeySecret),
    // Reported together with the problems of other settings, not only after those are fixed.
    { path: ['datadogContent'], error: MISSING_KEYS, when: () => true },
  ),
);

const contentSchema = withRules(completeSchema, REGION_RULES, {
  name: (key) => key,
  values: (settings) => settings,
});

const choiceSchema = withKnownKeys(z.object(contentShape));

/** @throws {ConfigError} with every problem: key, value, what is wrong and what is allowed */
function parsed<T extends z.ZodMiniObject>(schema: T, context: Values): z.output<T> {
  const result = schema.safeParse(given(context));
  if (!result.success)
    throw new ConfigError(settingProblems(schema, result.error, given(context), suggestWithin));
  return result.data;
}

/** Which content a user wants, and what is added to it. */
export interface ContentChoice {
  readonly parts: readonly ContentPart[];
  readonly customisation: Customisation;
}

/** What is installed in a Datadog organisation, and how. */
export interface ContentConfig
  extends ContentChoice,
    Omit<z.output<typeof contentSchema>, keyof typeof contentShape> {
  readonly existingDatadogSecret: string;
  readonly appKeySecret: string;
}

type ContentValues = { [K in keyof ContentSettings]: ValueOf<ContentSettings[K]> };

/** The settings of the content by the keys of their definitions. */
const contentValues = (settings: z.output<typeof choiceSchema>): ContentValues =>
  Object.fromEntries(
    Object.entries(contentSettings).map(([key, { context }]) => [key, settings[context]]),
  ) as ContentValues;

/** What monitors need to know of the forwarders. */
function watching(context: Values): Pick<Customisation, 'intervalSeconds' | 'runbookUrl' | 'datadogSite'> {
  const { runbookUrl, datadogSite } = given(context);
  return {
    intervalSeconds: longestInterval(given(context)),
    runbookUrl: typeof runbookUrl === 'string' ? runbookUrl : undefined,
    datadogSite: typeof datadogSite === 'string' ? datadogSiteOf(datadogSite) : undefined,
  };
}

/**
 * Every problem of the settings of the content, those of others that it needs included.
 * @param tenants names of the tenants, each of which has a stack of its own
 */
export function contentProblems(context: Values, tenants: readonly string[] = []): string[] {
  const values = given(context);
  const { error } = contentSchema.safeParse(values);
  const { data: parts } = contentShape.datadogContent.safeParse(values['datadogContent']);
  return [
    ...(error ? settingProblems(contentSchema, error, values, suggestWithin) : []),
    ...(parts?.length && tenants.includes(CONTENT_STACK_SUFFIX)
      ? [
          `tenants: none may be named ${CONTENT_STACK_SUFFIX}, because the stack of datadogContent has that name.`,
        ]
      : []),
  ];
}

/**
 * Reads what to install.
 * @returns undefined when nothing is to be installed
 * @throws {ConfigError} with every problem: key, value, what is wrong and what is allowed
 */
export function readContentConfig(context: Values): ContentConfig | undefined {
  const settings = parsed(contentSchema, context);
  const { parts, appKeySecret, ...customisation } = contentValues(settings);
  const { existingDatadogSecret } = settings;
  if (!parts?.length || !existingDatadogSecret || !appKeySecret) return undefined;
  return {
    ...settings,
    parts,
    customisation: { ...customisation, ...watching(context) },
    existingDatadogSecret,
    appKeySecret,
  };
}

/**
 * Reads which content a user wants and how, without what it takes to deploy it. Nothing chosen is everything.
 * @throws {ConfigError} with every problem
 */
export function readContentChoice(context: Values): ContentChoice {
  const { parts, appKeySecret: _, ...customisation } = contentValues(parsed(choiceSchema, context));
  return {
    parts: parts?.length ? parts : Object.values(PARTS).map((kind) => ({ kind })),
    customisation: { ...customisation, ...watching(context) },
  };
}
