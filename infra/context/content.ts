import * as z from 'zod';
import type { ContentKind } from '../../lambda/content-installer/content-item.ts';
import { CONTENT_STACK_SUFFIX } from '../../lambda/contract.ts';
import { contentSettings, PARTS } from '../../lambda/settings/content/content.ts';
import { contextShape } from '../../lambda/settings/definition.ts';
import { operationSettings } from '../../lambda/settings/deployment/operation.ts';
import { protectionSettings } from '../../lambda/settings/deployment/protection.ts';
import { datadogSettings } from '../../lambda/settings/function/datadog.ts';
import { settingProblems } from '../../lambda/settings/problems.ts';
import { ConfigError } from '../../lambda/shared/errors.ts';
import type { Customisation } from '../datadog/customise.ts';
import { suggestWithin } from '../suggest.ts';
import { given, type Values } from './given.ts';
import { longestInterval } from './interval.ts';

const MISSING_KEYS =
  'needs secrets that hold the keys before the deployment starts: name them in existingDatadogSecret (API key) and existingDatadogAppKeySecret (application key). Without them, deploy first without datadogContent, store the API key in the secret that this creates and the application key in one of your own, and deploy again with all three';

const { datadogSite, datadogApiUrl } = contextShape(datadogSettings);

const contentSchema = z
  .object({
    ...contentSettings,
    datadogSite,
    datadogApiUrl,
    awsRegion: operationSettings.awsRegion,
    logRetentionDays: operationSettings.logRetentionDays,
    existingDatadogSecret: protectionSettings.existingDatadogSecret,
    existingSecretsKmsKeyArn: protectionSettings.existingSecretsKmsKeyArn,
    kmsKeyArn: protectionSettings.kmsKeyArn,
    permissionsBoundary: protectionSettings.permissionsBoundary,
    resourceTags: protectionSettings.resourceTags,
  })
  .refine(
    ({ datadogContent, existingDatadogSecret, existingDatadogAppKeySecret }) =>
      // Wrong in itself, it is what was given.
      !Array.isArray(datadogContent) ||
      datadogContent.length === 0 ||
      (existingDatadogSecret && existingDatadogAppKeySecret),
    // Told together with the problems of other settings, not after they were mended.
    { path: ['datadogContent'], error: MISSING_KEYS, when: () => true },
  );

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
    Omit<z.output<typeof contentSchema>, keyof typeof contentSettings> {
  readonly existingDatadogSecret: string;
  readonly existingDatadogAppKeySecret: string;
}

/** What monitors need to know of the forwarders. */
function watching(context: Values): Pick<Customisation, 'intervalSeconds' | 'runbookUrl'> {
  const { runbookUrl } = given(context);
  return {
    intervalSeconds: longestInterval(given(context)),
    runbookUrl: typeof runbookUrl === 'string' ? runbookUrl : undefined,
  };
}

/** Last part of the name of the content's own stack, where a forwarder's stack has its tenant's. */

/**
 * Every problem of the settings of the content, those of others that it needs included.
 * @param tenants names of the tenants, each of which has a stack of its own
 */
export function contentProblems(context: Values, tenants: readonly string[] = []): string[] {
  const values = given(context);
  const { error } = contentSchema.safeParse(values);
  const { data: kinds } = contentSettings.datadogContent.safeParse(values['datadogContent']);
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
  const { datadogContent: kinds, datadogTeam, datadogNotify, ...rest } = parsed(contentSchema, context);
  const { existingDatadogSecret, existingDatadogAppKeySecret } = rest;
  if (!kinds?.length || !existingDatadogSecret || !existingDatadogAppKeySecret) return undefined;
  return {
    ...rest,
    kinds,
    customisation: { team: datadogTeam, notify: datadogNotify, ...watching(context) },
    existingDatadogSecret,
    existingDatadogAppKeySecret,
  };
}

const choiceSchema = z.object(contentSettings);

/**
 * Reads which content a user wants and how, without what it takes to deploy it. Nothing chosen is everything.
 * @throws {ConfigError} with every problem
 */
export function readContentChoice(context: Values): ContentChoice {
  const { datadogContent, datadogTeam, datadogNotify } = parsed(choiceSchema, context);
  return {
    kinds: datadogContent?.length ? datadogContent : Object.values(PARTS),
    customisation: { team: datadogTeam, notify: datadogNotify, ...watching(context) },
  };
}
