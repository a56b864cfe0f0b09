import * as z from 'zod';
import type { Stream } from '../contract.ts';
import { MAX_LOOKBACK_SECONDS } from '../limits.ts';
import { type ApiProfile, apiProfileOverrides, resolveApiProfile } from '../settings/api-profile.ts';
import { setting, settingProblems } from '../settings/problems.ts';
import { datadogTag, endpoint, flag, jsonOf, listOf, oneOf, wholeNumber } from '../settings/readers.ts';
import { apiOrigin, DATADOG_SITES, type DatadogSite } from '../shared/datadog-sites.ts';
import { ConfigError } from '../shared/errors.ts';
import { REDACT_PATH_FORM, type RedactRules, redactPathProblem } from '../shared/redact-path.ts';
import { VALENCE_ORIGINS, VALENCE_REGIONS } from '../shared/valence-regions.ts';
import { intakeUrl } from './datadog/intake.ts';

export const ALERT_SEVERITIES = ['Critical', 'High', 'Medium', 'Low'] as const;

/** Levels of the function's own log; the logger reads `LOG_LEVEL` itself. */
export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

const name = () => z.string({ error: 'is not text' }).trim().min(1, { error: 'is empty' });

const redactPath = () =>
  z.string({ error: 'is not text' }).superRefine((path, context) => {
    const message = redactPathProblem(path);
    if (message) context.addIssue({ code: 'custom', message });
  });

/** What is taken out of every log. Unknown keys are refused: a rule that protects somebody must not be passed over. */
export const redactRules = z.strictObject({
  remove: z.array(redactPath(), { error: 'is not a list of paths' }).default([]),
  hash: z.array(redactPath(), { error: 'is not a list of paths' }).default([]),
});

/** Rules that concern several variables are told together with the problems of single ones, not after those were mended. */
const ALWAYS = { when: () => true };

/** Values that were refused by themselves come as they were given: of text there is nothing to compare. */
const atLeastSettle = (lookback: unknown, settle: unknown) =>
  typeof lookback !== 'number' || typeof settle !== 'number' || lookback === 0 || lookback >= settle;

const SHORTER_THAN_SETTLE = 'is shorter than SETTLE_SECONDS, so that nothing late could be found';

/** The environment of the function: every variable, what it means and what it takes. */
export const environmentSchema = z
  .object({
    VALENCE_REGION: setting(oneOf(VALENCE_REGIONS).default('us'), {
      description: 'Valence region of your tenant: `eu` when you sign in at appeu.valencesecurity.com.',
      allowed: VALENCE_REGIONS.join(', '),
    }),
    VALENCE_API_PROFILE: setting(jsonOf(apiProfileOverrides).default({}), {
      description: 'Corrections to the default profile of the Valence API.',
      allowed: 'a JSON object with keys of the API profile',
    }),
    VALENCE_BASE_URL: setting(endpoint().optional(), {
      description: "Replaces the region's origin; the profile's paths are appended.",
      allowed: 'an https URL, or an http URL of a loopback address',
    }),
    DATADOG_SITE: setting(oneOf(DATADOG_SITES).default('datadoghq.com'), {
      description: 'Datadog site of your organisation.',
      allowed: DATADOG_SITES.join(', '),
    }),
    DATADOG_TAGS: setting(listOf(datadogTag()).default([]), {
      description: 'Tags for every log.',
      allowed: 'key:value, separated by commas',
    }),
    DATADOG_ENV: setting(
      z
        .string()
        .regex(/^[\p{L}\p{N}_\-./:]{1,190}$/u, { error: 'is not a tag value' })
        .optional(),
      { description: "Datadog's `env` tag.", allowed: 'letters, digits and _ - . / :' },
    ),
    DATADOG_INTAKE_URL: setting(endpoint().optional(), {
      description: "Replaces the site's logs intake; `/api/v2/logs` is appended unless there.",
      allowed: 'an https URL, or an http URL of a loopback address',
    }),
    DATADOG_API_URL: setting(endpoint().optional(), {
      description: "Replaces the origin of the site's API.",
      allowed: 'an https URL, or an http URL of a loopback address',
    }),
    TENANT: setting(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { error: 'is not a tenant name' })
        .default('default'),
      {
        description: 'Name in metrics, logs and tags.',
        allowed: 'lower-case letters, digits and hyphens, 40 at most',
      },
    ),
    COLLECT_ALERTS: setting(flag().default(true), {
      description: 'Forward alerts.',
      allowed: 'true, false',
    }),
    COLLECT_AUDIT_LOGS: setting(flag().default(true), {
      description: 'Forward audit logs.',
      allowed: 'true, false',
    }),
    ALERT_UPDATES: setting(flag().default(false), {
      description: 'Forward an alert again when it changed.',
      allowed: 'true, false',
    }),
    ALERT_SEVERITIES: setting(listOf(oneOf(ALERT_SEVERITIES)).optional(), {
      description: 'Severities to forward; alerts of unknown type always are.',
      allowed: `a comma list of ${ALERT_SEVERITIES.join(', ')}`,
    }),
    REDACT: setting(jsonOf(redactRules).optional(), {
      description: 'Paths of the log to remove, or to replace by a SHA-256.',
      allowed: `JSON \`{"remove":[...],"hash":[...]}\` of ${REDACT_PATH_FORM}`,
    }),
    RUN_SUMMARY_LOGS: setting(flag().default(false), {
      description: 'Send Datadog a log about each run: counts, and how far behind.',
      allowed: 'true, false',
    }),
    LOG_LEVEL: setting(oneOf(LOG_LEVELS).default('INFO'), {
      description: 'Which lines of its own the function logs.',
      allowed: LOG_LEVELS.join(', '),
    }),
    INITIAL_LOOKBACK_SECONDS: setting(wholeNumber(0, MAX_LOOKBACK_SECONDS).default(43_200), {
      description: 'How far back the first run starts. Beyond 17 hours, records get a new date.',
      allowed: '0 to 2592000 seconds',
    }),
    LOOKBACK_SECONDS: setting(wholeNumber(0, MAX_LOOKBACK_SECONDS).default(86_400), {
      description: 'How late a record may appear and still be found; 0 never looks back.',
      allowed: '0, or from SETTLE_SECONDS to 2592000 seconds',
    }),
    ALERT_LOOKBACK_SECONDS: setting(wholeNumber(0, MAX_LOOKBACK_SECONDS).optional(), {
      description: 'The same for alerts, when it differs.',
      allowed: '0, or from SETTLE_SECONDS to 2592000 seconds',
    }),
    SETTLE_SECONDS: setting(wholeNumber(0, 3600).default(120), {
      description: 'How long the newest seconds are left alone.',
      allowed: '0 to 3600 seconds',
    }),
    PARALLEL_SLICES: setting(wholeNumber(1, 16).default(4), {
      description: 'Ranges read side by side while behind.',
      allowed: '1 to 16',
    }),
    VALENCE_SECRET_ID: setting(name(), {
      description: 'Secrets Manager name or ARN of the Valence API key.',
      allowed: 'a secret name or ARN, never the key itself',
      secret: true,
    }),
    DATADOG_SECRET_ID: setting(name(), {
      description: 'Secrets Manager name or ARN of the Datadog API key.',
      allowed: 'a secret name or ARN, never the key itself',
      secret: true,
    }),
    STATE_TABLE: setting(name(), { description: 'DynamoDB table for state.', allowed: 'a table name' }),
    QUARANTINE_BUCKET: setting(name(), {
      description: 'S3 bucket for records that Datadog refuses.',
      allowed: 'a bucket name',
    }),
  })
  .refine(
    ({ COLLECT_ALERTS, COLLECT_AUDIT_LOGS }) => COLLECT_ALERTS !== false || COLLECT_AUDIT_LOGS !== false,
    {
      path: ['COLLECT_AUDIT_LOGS'],
      error: 'is off, and so is COLLECT_ALERTS: nothing would be forwarded',
      ...ALWAYS,
    },
  )
  .refine(({ LOOKBACK_SECONDS, SETTLE_SECONDS }) => atLeastSettle(LOOKBACK_SECONDS, SETTLE_SECONDS), {
    path: ['LOOKBACK_SECONDS'],
    error: SHORTER_THAN_SETTLE,
    ...ALWAYS,
  })
  .refine(
    ({ ALERT_LOOKBACK_SECONDS, SETTLE_SECONDS }) => atLeastSettle(ALERT_LOOKBACK_SECONDS, SETTLE_SECONDS),
    {
      path: ['ALERT_LOOKBACK_SECONDS'],
      error: SHORTER_THAN_SETTLE,
      ...ALWAYS,
    },
  );

type Environment = z.output<typeof environmentSchema>;

/** What a run works with. Lengths are seconds. */
export interface Config {
  tenant: string;
  streams: Stream[];
  valence: { origin: string; secretId: string; profile: ApiProfile };
  datadog: {
    site: DatadogSite;
    /** Full URL of the logs intake. */
    intakeUrl: string;
    apiOrigin: string;
    secretId: string;
    tags: string[];
    env: string | undefined;
  };
  stateTable: string;
  quarantineBucket: string;
  alertUpdates: boolean;
  alertSeverities: ReadonlySet<string> | undefined;
  initialLookbackSeconds: number;
  settleSeconds: number;
  lookbackSeconds: Record<Stream, number>;
  parallelSlices: number;
  redact: RedactRules | undefined;
  /** Whether Datadog gets a log about each run. */
  runSummaryLogs: boolean;
}

/**
 * Reads the configuration.
 * @param environment variables of the process; empty ones count as not set
 * @throws {ConfigError} naming every problem: variable, value (never a secret's), what is allowed
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) throw new ConfigError(settingProblems(environmentSchema, parsed.error, given));
  return toConfig(parsed.data);
}

function toConfig(values: Environment): Config {
  return {
    tenant: values.TENANT,
    streams: [
      ...(values.COLLECT_ALERTS ? (['alerts'] as const) : []),
      ...(values.COLLECT_AUDIT_LOGS ? (['audit-logs'] as const) : []),
    ],
    valence: {
      origin: values.VALENCE_BASE_URL ?? VALENCE_ORIGINS[values.VALENCE_REGION],
      secretId: values.VALENCE_SECRET_ID,
      profile: resolveApiProfile(values.VALENCE_API_PROFILE),
    },
    datadog: {
      site: values.DATADOG_SITE,
      intakeUrl: intakeUrl(values.DATADOG_SITE, values.DATADOG_INTAKE_URL),
      apiOrigin: values.DATADOG_API_URL ?? apiOrigin(values.DATADOG_SITE),
      secretId: values.DATADOG_SECRET_ID,
      tags: values.DATADOG_TAGS,
      env: values.DATADOG_ENV,
    },
    stateTable: values.STATE_TABLE,
    quarantineBucket: values.QUARANTINE_BUCKET,
    alertUpdates: values.ALERT_UPDATES,
    // A list of none is one that was not filled in: to forward nothing, streams are switched off.
    alertSeverities: values.ALERT_SEVERITIES?.length ? new Set(values.ALERT_SEVERITIES) : undefined,
    initialLookbackSeconds: values.INITIAL_LOOKBACK_SECONDS,
    settleSeconds: values.SETTLE_SECONDS,
    lookbackSeconds: {
      alerts: values.ALERT_LOOKBACK_SECONDS ?? values.LOOKBACK_SECONDS,
      'audit-logs': values.LOOKBACK_SECONDS,
    },
    parallelSlices: values.PARALLEL_SLICES,
    redact: values.REDACT,
    runSummaryLogs: values.RUN_SUMMARY_LOGS,
  };
}
