import { contentSettings } from '../lambda/settings/content/content.ts';
import type { Definition } from '../lambda/settings/definition.ts';
import { deploymentSettings } from '../lambda/settings/deployment-settings.ts';
import { functionSettings } from '../lambda/settings/function-settings.ts';
import { folded } from '../lambda/shared/near-word.ts';

const definitions: Readonly<Record<string, Definition & { environment?: string }>> = {
  ...functionSettings,
  ...deploymentSettings,
  ...contentSettings,
};

/** Names of a setting elsewhere: of the construct's prop, and of the function's variable. */
const ELSEWHERE = Object.entries(definitions).flatMap(([prop, { context, environment }]) =>
  context === undefined ? [] : [prop, environment ?? prop].map((name): [string, string] => [name, context]),
);

/** What people call a setting, or the value that it leads to. */
const IN_OTHER_WORDS: Readonly<Record<string, string>> = {
  apiKey: 'existingValenceSecret',
  appKey: 'existingDatadogAppKeySecret',
  cron: 'schedule',
  datadogApiKey: 'existingDatadogSecret',
  datadogAppKey: 'existingDatadogAppKeySecret',
  datadogKey: 'existingDatadogSecret',
  datadogSecretId: 'existingDatadogSecret',
  ddApiKey: 'existingDatadogSecret',
  ddAppKey: 'existingDatadogAppKeySecret',
  ddEnv: 'datadogEnv',
  ddSite: 'datadogSite',
  ddTags: 'datadogTags',
  environment: 'datadogEnv',
  email: 'alarmEmail',
  exclusions: 'exclude',
  filter: 'exclude',
  frequency: 'schedule',
  interval: 'schedule',
  minSeverity: 'alertSeverities',
  notifyEmail: 'alarmEmail',
  proxy: 'httpsProxy',
  proxyUrl: 'httpsProxy',
  rate: 'schedule',
  alertSeverity: 'alertSeverities',
  severity: 'alertSeverities',
  snsTopic: 'alarmTopicArn',
  snsTopicArn: 'alarmTopicArn',
  topicArn: 'alarmTopicArn',
  tenantName: 'tenant',
  token: 'existingValenceSecret',
  valenceApiKey: 'existingValenceSecret',
  valenceKey: 'existingValenceSecret',
  valenceSecretId: 'existingValenceSecret',
  valenceToken: 'existingValenceSecret',
};

const OTHER_NAMES: ReadonlyMap<string, string> = new Map(
  [...ELSEWHERE, ...Object.entries(IN_OTHER_WORDS)].map(([name, setting]) => [folded(name), setting]),
);

/** The setting that has another name elsewhere, or that people call so. Case, `-` and `_` do not count. */
export const otherName = (key: string): string | undefined => OTHER_NAMES.get(folded(key));
