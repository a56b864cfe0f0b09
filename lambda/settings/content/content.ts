import * as z from 'zod/mini';
import type { StackSetting } from '../definition.ts';
import { existingSecret } from '../deployment/protection.ts';
import { inContext } from '../kinds.ts';
import { datadogTag, flag, jsonOf, listOf, oneOf, orJsonList, plainText, preprocess } from '../readers.ts';
import { isNoKey, LOOKS_LIKE_KEY } from '../secret-id.ts';

/** How urgent something is, as handles to notify are given for it. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;

/** The parts that can be switched, and the kind of content that each is. */
export const PARTS = {
  pipeline: 'pipeline',
  dashboards: 'dashboard',
  rules: 'rule',
  monitors: 'monitor',
} as const;

type Part = keyof typeof PARTS;

const PART_NAMES = Object.keys(PARTS) as Part[];

/** How rules detect. Source: Datadog API reference, "Security Monitoring" (v2). */
export const DETECTION_METHODS = [
  'threshold',
  'new_value',
  'anomaly_detection',
  'impossible_travel',
  'third_party',
  'sequence_detection',
] as const;

/** A part to install. */
export interface ContentPart {
  /** What Datadog makes of the items. */
  kind: (typeof PARTS)[Part];
  /** Keys of items that are left out. */
  exclude?: readonly string[] | undefined;
  /** Detection methods whose rules are left out. */
  excludeMethods?: readonly (typeof DETECTION_METHODS)[number][] | undefined;
}

/** `true` and `false` switch all parts. */
const allParts = (value: unknown) =>
  typeof value === 'boolean' ? Object.fromEntries(PART_NAMES.map((part) => [part, value])) : value;

/** An object of known keys, where `true` and `false` are allowed as well. */
const orFlag = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: ({ code }) => (code === 'invalid_type' ? 'is neither true, false nor an object' : undefined),
  });

/** An object, also an empty one, says what is left out of a part; `true` leaves out nothing. */
const part = <T extends z.core.$ZodLooseShape>(shape: T) =>
  preprocess(
    (value) => {
      const { data: isChosen } = flag().safeParse(value);
      return isChosen === undefined ? value : isChosen ? {} : undefined;
    },
    z.optional(orFlag(shape)),
  );

const exclude = () => z.optional(orJsonList(listOf(plainText())));

const method = () =>
  oneOf(DETECTION_METHODS, undefined, `is none of the methods ${DETECTION_METHODS.join(', ')}`);

const parts = () =>
  preprocess(
    allParts,
    z.pipe(
      orFlag({
        pipeline: part({}),
        dashboards: part({ exclude: exclude() }),
        rules: part({
          exclude: exclude(),
          excludeMethods: z.optional(orJsonList(listOf(method()))),
        }),
        monitors: part({ exclude: exclude() }),
      }),
      z.transform((given): ContentPart[] =>
        PART_NAMES.flatMap((name) => (given[name] ? [{ kind: PARTS[name], ...given[name] }] : [])),
      ),
    ),
  );

const NO_HANDLE = 'is no handle, which starts with @';

/** What is no text has the message of zod itself, for which it has to be given its language. */
const handle = () =>
  z.string({ error: z.locales.en().localeError }).check(z.regex(/^@\S+$/, { error: NO_HANDLE }));

/** Handles such as `@slack-security`, separated by blanks or commas, or a JSON list of them. */
const handles = () =>
  preprocess(
    (value) => (typeof value === 'string' ? value.split(/[\s,]+/).filter((handle) => handle !== '') : value),
    z.array(handle(), { error: NO_HANDLE }),
  );

const notify = () =>
  z.partialRecord(z.enum(SEVERITIES, { error: `is none of ${SEVERITIES.join(', ')}` }), handles(), {
    error: ({ code }) => (code === 'invalid_type' ? 'is not an object' : undefined),
  });

const NEEDED = {
  existingDatadogSecret: 'datadog/api-key',
  existingDatadogAppKeySecret: 'datadog/app-key',
};

/** Settings of what is installed in Datadog, once for the organisation. */
export const contentSettings = {
  parts: {
    context: 'datadogContent',
    value: inContext(
      jsonOf(parts()),
      `true, false, or a JSON object of ${PART_NAMES.join(', ')}, each true or false, or an object: exclude lists the keys of items that are left out, and excludeMethods (rules) detection methods; needs existingDatadogSecret and existingDatadogAppKeySecret`,
    ),
    description:
      'What to install in Datadog: log pipeline, dashboards, detection rules, monitors. They have a stack of their own, `ValenceForwarder-content`: deploy with `--all`.',
    example: { context: { monitors: true }, with: NEEDED },
  },
  appKeySecret: {
    context: 'existingDatadogAppKeySecret',
    value: existingSecret(),
    description:
      'Secret that holds a Datadog application key, which only the installer of `datadogContent` reads.',
    secret: true,
    example: { context: 'datadog/other-app-key', with: { ...NEEDED, datadogContent: true } },
  },
  /** Datadog team that owns dashboards, rules and monitors: its handle. */
  team: {
    context: 'datadogTeam',
    value: inContext(
      plainText().check(
        z.regex(/^[a-z0-9][a-z0-9_-]{0,190}$/, { error: 'is not the handle of a team' }),
        z.refine(isNoKey, { error: LOOKS_LIKE_KEY }),
      ),
      'the handle of a team: lower-case letters, digits, _ and -',
    ),
    description: 'Datadog team that owns the dashboards, rules and monitors.',
    example: { context: 'saas-security', with: { ...NEEDED, datadogContent: true } },
  },
  /** Whom Datadog notifies, by severity: handles such as `@slack-security`. */
  notify: {
    context: 'datadogNotify',
    value: inContext(
      jsonOf(notify()),
      `a JSON object of ${SEVERITIES.join(', ')}, each with handles such as "@slack-security @pagerduty"`,
    ),
    description: 'Whom rules and monitors notify, by severity.',
    example: { context: { high: ['@slack-security'] }, with: { ...NEEDED, datadogContent: true } },
  },
  /** Tags that the organisation demands of monitors and rules. */
  monitorTags: {
    context: 'datadogMonitorTags',
    value: inContext(orJsonList(listOf(datadogTag())), 'key:value, separated by commas, or a JSON list'),
    description: 'Tags of monitors and rules, where a tag policy of the organisation demands them.',
    example: { context: ['env:prod', 'cost-center:42'], with: { ...NEEDED, datadogContent: true } },
  },
} as const satisfies Record<string, StackSetting>;

export type ContentSettings = typeof contentSettings;
