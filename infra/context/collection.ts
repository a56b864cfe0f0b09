import * as z from 'zod';
import { environmentSchema, LOG_LEVELS, redactRules } from '../../lambda/forwarder/config.ts';
import { HOUR_SECONDS, MAX_LOOKBACK_SECONDS } from '../../lambda/limits.ts';
import { apiProfileOverrides } from '../../lambda/settings/api-profile.ts';
import { setting } from '../../lambda/settings/problems.ts';
import { datadogTag, flag, jsonOf, listOf, oneOf, wholeNumber } from '../../lambda/settings/readers.ts';
import { DATADOG_SITES } from '../../lambda/shared/datadog-sites.ts';
import { REDACT_PATH_FORM } from '../../lambda/shared/redact-path.ts';
import { VALENCE_REGIONS } from '../../lambda/shared/valence-regions.ts';
import { AWS_REGION } from './aws-values.ts';
import { orJsonList } from './lists.ts';

const MAX_LOOKBACK_HOURS = MAX_LOOKBACK_SECONDS / HOUR_SECONDS;

/** The function's own variable, under the name and with the reader that it has there, but without its default. */
const variables = environmentSchema.shape;

const valenceRegion = () =>
  z.enum(VALENCE_REGIONS, {
    error: ({ input }) =>
      typeof input === 'string' && AWS_REGION.test(input)
        ? 'is an AWS region, and this is the Valence region; the AWS region comes from your AWS profile (AWS_PROFILE, AWS_REGION) or from the setting awsRegion'
        : 'is not known',
  });

/** What runs in AWS has no service of its own address to talk to, for which alone the function takes http. */
const httpsOnly = (url: typeof variables.VALENCE_BASE_URL) =>
  url.refine((text) => !text?.startsWith('http:'), { error: 'is not an https URL' });

const hours = () => wholeNumber(0, MAX_LOOKBACK_HOURS);
const HOURS = `a whole number from 0 to ${MAX_LOOKBACK_HOURS}`;

/** Settings of what is collected, how late it may come, and what of it is sent where. */
export const collectionSettings = {
  region: setting(valenceRegion().prefault('us'), {
    description:
      'Valence region: `us` when you open Valence at `app.valencesecurity.com`, `eu` at `appeu.valencesecurity.com`.',
    allowed: VALENCE_REGIONS.join(', '),
  }),
  valenceApi: setting(jsonOf(apiProfileOverrides).optional(), {
    description: 'Corrections to the assumed Valence API, merged over the default profile.',
    allowed: 'a JSON object with keys of the API profile',
  }),
  valenceBaseUrl: setting(httpsOnly(variables.VALENCE_BASE_URL), {
    description: "Replaces the origin of the Valence region; the profile's paths are appended.",
    allowed: 'an https URL',
  }),
  datadogSite: setting(oneOf(DATADOG_SITES).prefault('datadoghq.com'), {
    description: 'Datadog site of your organisation, as the address bar of Datadog shows it.',
    allowed: DATADOG_SITES.join(', '),
  }),
  datadogTags: setting(orJsonList(listOf(datadogTag())).prefault([]), {
    description: 'Tags put on every log.',
    allowed: 'key:value, separated by commas, or a JSON list',
  }),
  datadogEnv: setting(variables.DATADOG_ENV, {
    description: 'Value of the `env` tag on every log.',
    allowed: 'letters, digits and _ - . / :',
  }),
  datadogIntakeUrl: setting(httpsOnly(variables.DATADOG_INTAKE_URL), {
    description: "Replaces the site's logs intake, for a private link or a proxy.",
    allowed: 'an https URL',
  }),
  datadogApiUrl: setting(httpsOnly(variables.DATADOG_API_URL), {
    description: "Replaces the origin of the site's API, which checks the key.",
    allowed: 'an https URL',
  }),
  collectAlerts: setting(flag().prefault(true), {
    description: 'Forward alerts.',
    allowed: 'true, false; not off together with collectAuditLogs',
  }),
  collectAuditLogs: setting(flag().prefault(true), {
    description: 'Forward audit logs.',
    allowed: 'true, false; not off together with collectAlerts',
  }),
  alertUpdates: setting(flag().prefault(false), {
    description: 'Forward an alert again when it changed.',
    allowed: 'true, false',
  }),
  alertSeverities: setting(orJsonList(variables.ALERT_SEVERITIES).optional(), {
    description: 'Severities to forward; alerts of unknown type always are.',
    allowed: 'Critical, High, Medium, Low, several separated by commas, or a JSON list',
  }),
  redact: setting(jsonOf(redactRules).optional(), {
    description: 'Paths of the log to remove, or to replace by a SHA-256, before it leaves AWS.',
    allowed: `a JSON object \`{"remove":[...],"hash":[...]}\` of ${REDACT_PATH_FORM}`,
  }),
  runSummaryLogs: setting(flag().prefault(true), {
    description:
      "Send Datadog a log about each run, which the forwarder's own dashboard and monitors there need.",
    allowed: 'true, false',
  }),
  logLevel: setting(oneOf(LOG_LEVELS).prefault('INFO'), {
    description: 'Which lines the function logs. The saved queries need `INFO`.',
    allowed: LOG_LEVELS.join(', '),
  }),
  initialLookbackHours: setting(hours().prefault(12), {
    description: 'How far back the very first run starts, in hours.',
    allowed: HOURS,
  }),
  lookbackHours: setting(hours().prefault(24), {
    description: 'How late a record may appear and still be found, in hours; 0 never looks back.',
    allowed: HOURS,
  }),
  alertLookbackHours: setting(hours().optional(), {
    description: 'The same for alerts. As `lookbackHours`, but 720 when `alertUpdates` is on.',
    allowed: HOURS,
  }),
  settleSeconds: setting(wholeNumber(0, 3600).prefault(120), {
    description: 'How long the newest seconds are left alone, because Valence may still add to them.',
    allowed: 'a whole number from 0 to 3600',
  }),
  parallelSlices: setting(wholeNumber(1, 16).prefault(4), {
    description: 'Ranges of time read side by side while the forwarder is behind.',
    allowed: 'a whole number from 1 to 16',
  }),
};
