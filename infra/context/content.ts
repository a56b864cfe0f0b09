import * as z from 'zod';
import type { ContentKind } from '../../lambda/content-installer/content-item.ts';
import { CONTENT_STACK_SUFFIX } from '../../lambda/contract.ts';
import { contextShape } from '../../lambda/settings/definition.ts';
import { datadogSettings } from '../../lambda/settings/function/datadog.ts';
import { setting, settingProblems } from '../../lambda/settings/problems.ts';
import { flag, jsonOf } from '../../lambda/settings/readers.ts';
import { ConfigError } from '../../lambda/shared/errors.ts';
import { type Customisation, SEVERITIES } from '../datadog/customise.ts';
import { suggestWithin } from '../suggest.ts';
import { secretId } from './aws-values.ts';
import { given, type Values } from './given.ts';
import { longestInterval } from './interval.ts';
import { operationSettings } from './operation.ts';
import { protectionSettings } from './protection.ts';

/** The parts that can be switched, and the kind of content that each is. */
const PARTS = { pipeline: 'pipeline', dashboards: 'dashboard', rules: 'rule', monitors: 'monitor' } as const;

type Part = keyof typeof PARTS;

const PART_NAMES = Object.keys(PARTS) as Part[];

/** `true` and `false` switch all parts. */
const allParts = (value: unknown) =>
  typeof value === 'boolean' ? Object.fromEntries(PART_NAMES.map((part) => [part, value])) : value;

const parts = () => {
  const part = () => flag().optional();
  const shape = { pipeline: part(), dashboards: part(), rules: part(), monitors: part() };
  return z.preprocess(
    allParts,
    z
      .strictObject(shape, {
        error: ({ code }) => (code === 'invalid_type' ? 'is neither true, false nor an object' : undefined),
      })
      .transform((given): ContentKind[] =>
        PART_NAMES.filter((name) => given[name]).map((name) => PARTS[name]),
      ),
  );
};

/** Handles such as `@slack-security`, separated by blanks or commas, or a JSON list of them. */
const handles = () =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(/[\s,]+/).filter((handle) => handle !== '') : value),
    z.array(z.string().regex(/^@\S+$/, { error: 'is no handle, which starts with @' }), {
      error: 'is no handle, which starts with @',
    }),
  );

const notify = () =>
  z.partialRecord(z.enum(SEVERITIES, { error: `is none of ${SEVERITIES.join(', ')}` }), handles(), {
    error: ({ code }) => (code === 'invalid_type' ? 'is not an object' : undefined),
  });

/** Settings of what is installed in Datadog, once for the organisation. */
export const contentSettings = {
  datadogContent: setting(jsonOf(parts()).optional(), {
    description:
      'What to install in Datadog: log pipeline, dashboards, detection rules, monitors. With `tenants`, in a stack of its own, `ValenceForwarder-content`.',
    allowed: `true, false, or a JSON object of ${PART_NAMES.join(', ')}, each true or false; needs existingDatadogSecret and existingDatadogAppKeySecret`,
  }),
  existingDatadogAppKeySecret: setting(secretId().optional(), {
    description:
      'Secret that holds a Datadog application key, which only the installer of `datadogContent` reads.',
    allowed: 'a name, or a complete ARN, in Secrets Manager; never the key itself',
    secret: true,
  }),
  datadogTeam: setting(
    z
      .string({ error: 'is not text' })
      .regex(/^[a-z0-9][a-z0-9_-]{0,190}$/, { error: 'is not the handle of a team' })
      .optional(),
    {
      description: 'Datadog team that owns the dashboards, rules and monitors.',
      allowed: 'the handle of a team: lower-case letters, digits, _ and -',
    },
  ),
  datadogNotify: setting(jsonOf(notify()).optional(), {
    description: 'Whom rules and monitors notify, by severity.',
    allowed: `a JSON object of ${SEVERITIES.join(', ')}, each with handles such as "@slack-security @pagerduty"`,
  }),
};

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
