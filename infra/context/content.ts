import * as z from 'zod';
import type { ContentKind } from '../../lambda/content-installer/content-item.ts';
import { CONTENT_STACK_SUFFIX } from '../../lambda/contract.ts';
import { type ContentSettings, contentSettings, PARTS } from '../../lambda/settings/content/content.ts';
import { contextShape, type ValueOf } from '../../lambda/settings/definition.ts';
import { deploymentSettings } from '../../lambda/settings/deployment-settings.ts';
import { datadogSettings } from '../../lambda/settings/function/datadog.ts';
import { networkSettings } from '../../lambda/settings/function/network.ts';
import { settingProblems } from '../../lambda/settings/problems.ts';
import { withRules } from '../../lambda/settings/rules.ts';
import { ConfigError } from '../../lambda/shared/errors.ts';
import type { Customisation } from '../datadog/customise.ts';
import { suggestWithin } from '../suggest.ts';
import { given, type Values } from './given.ts';
import { longestInterval } from './interval.ts';
import { regionRules } from './regions.ts';

const MISSING_KEYS =
  'needs secrets that hold the keys before the deployment starts: name them in existingDatadogSecret (API key) and existingDatadogAppKeySecret (application key). Without them, deploy first without datadogContent, store the API key in the secret that this creates and the application key in one of your own, and deploy again with all three (npx cdk deploy --all)';

const contentShape = contextShape(contentSettings);

/** The settings of a forwarder that the stack of the content needs, too. */
const sharedShape = {
  ...z.object(contextShape(datadogSettings)).pick({ datadogSite: true, datadogApiUrl: true }).shape,
  ...z.object(contextShape(networkSettings)).shape,
  ...z.object(contextShape(deploymentSettings)).pick({
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

const completeSchema = contentFields.refine(
  ({ datadogContent, existingDatadogSecret, existingDatadogAppKeySecret }) =>
    // A value that is wrong in itself has its own problem and stays as the user gave it.
    !Array.isArray(datadogContent) ||
    datadogContent.length === 0 ||
    (existingDatadogSecret && existingDatadogAppKeySecret),
  // Reported together with the problems of other settings, not only after those are fixed.
  { path: ['datadogContent'], error: MISSING_KEYS, when: () => true },
);

const contentSchema = withRules(completeSchema, REGION_RULES, {
  name: (key) => key,
  values: (settings) => settings,
});

const choiceSchema = z.object(contentShape);

/** @throws {ConfigError} with every problem: key, value, what is wrong and what is allowed */
function parsed<T extends z.ZodObject>(schema: T, context: Values): z.output<T> {
  const result = schema.safeParse(given(context));
  if (!result.success)
    throw new ConfigError(settingProblems(schema, result.error, given(context), suggestWithin));
  return result.data;
}

/** Which content a user wants, and what is added to it. */
export interface ContentChoice {
  readonly kinds: readonly ContentKind[];
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
function watching(context: Values): Pick<Customisation, 'intervalSeconds' | 'runbookUrl'> {
  const { runbookUrl } = given(context);
  return {
    intervalSeconds: longestInterval(given(context)),
    runbookUrl: typeof runbookUrl === 'string' ? runbookUrl : undefined,
  };
}

/**
 * Every problem of the settings of the content, those of others that it needs included.
 * @param tenants names of the tenants, each of which has a stack of its own
 */
export function contentProblems(context: Values, tenants: readonly string[] = []): string[] {
  const values = given(context);
  const { error } = contentSchema.safeParse(values);
  const { data: kinds } = contentShape.datadogContent.safeParse(values['datadogContent']);
  return [
    ...(error ? settingProblems(contentSchema, error, values, suggestWithin) : []),
    ...(kinds?.length && tenants.includes(CONTENT_STACK_SUFFIX)
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
  const { kinds, appKeySecret, ...customisation } = contentValues(settings);
  const { existingDatadogSecret } = settings;
  if (!kinds?.length || !existingDatadogSecret || !appKeySecret) return undefined;
  return {
    ...settings,
    kinds,
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
  const { kinds, appKeySecret: _, ...customisation } = contentValues(parsed(choiceSchema, context));
  return {
    kinds: kinds?.length ? kinds : Object.values(PARTS),
    customisation: { ...customisation, ...watching(context) },
  };
}
