import {
  branch,
  calculate,
  copyText,
  dateFrom,
  LOCATE_CLIENT,
  messageFrom,
  move,
  parse,
  statusFrom,
  translate,
} from '../../../infra/datadog/pipeline/processors.ts';
import type { LogsPipeline, OfficialRemapper } from '../../../infra/datadog/types.ts';

/**
 * A model of the pipeline of Datadog's own integration for this product, to test both pipelines on one log: its processors in
 * their order, and its names.
 */

/** What it leaves at the root of a log and this product's pipeline does not: helpers for the date and the status. */
export const HOSTED_HELPERS = ['timestamp', 'status'] as const;

const OF_ALERTS = { Critical: 'alert', High: 'critical', Medium: 'warning', Low: 'info' };
const OF_AUDIT_LOGS = { true: 'Ok', false: 'Error' };

/** Each overwrites, and joins the values of several events; so a person wins over an app, value by value. */
const ALERT_TEXTS = [
  ...['id', 'name', 'email'].flatMap((value) => [
    [`alert.events.actorApp.${value}`, `usr.${value}`] as const,
    [`alert.events.actorUser.${value}`, `usr.${value}`] as const,
  ]),
  ['alert.events.action.actionName', 'evt.name'],
  ['alert.events.eventResult', 'evt.outcome'],
  ['alert.events.ip', 'network.client.ip'],
  ['alert.events.userAgent', 'http.useragent'],
] as const;

const ALERTS = branch('Alerts', 'service:alerts', [
  calculate('alert.creationTimestamp * 1000', 'timestamp'),
  translate('alert_type_details.severity', 'status', OF_ALERTS),
  ...ALERT_TEXTS.map(([from, to]) => copyText(from, to)),
]);

const AUDIT_LOGS = branch('Audit logs', 'service:audit-logs', [
  calculate('timeEpoch * 1000', 'timestamp'),
  translate('success', 'status', OF_AUDIT_LOGS),
  move('actor', 'usr.name'),
  move('action', 'evt.name'),
  move('success', 'evt.outcome'),
  move('ipAddress', 'network.client.ip'),
]);

const MESSAGE: OfficialRemapper = {
  ...messageFrom('alert.summaryLine'),
  sources: ['alert.summaryLine', 'details'],
};

/** A text in quotes that holds none. */
const quoted = (path: string) => `"%{regex("[^\\"]*"):${path}}"`;

const METHOD = (path: string) => `( via method ${quoted(path)})?`;

const sentences = (name: string, actions: readonly string[], rules: Readonly<Record<string, string>>) =>
  branch(name, `@evt.name:(${actions.map((action) => `"${action}"`).join(' OR ')})`, [
    parse('message', rules, []),
  ]);

const USER = 'user_change_details';
const POLICY = 'policy_change_details';
const CONNECTOR = 'connector_change_details';
const DATA = 'connector_details';
const KEY = 'api_key_change_details';

const ofUser = (rest: string) =>
  `%{notSpace:${USER}.activity} user %{data:${USER}.username} %{regex("with|to")} role "%{data:${USER}.role}" ` +
  `with access to %{data:${USER}.platforms:array("", ", ")}${rest}`;

const USERS = sentences('User', ['User created', 'User deleted', 'User access updated'], {
  user: ofUser(` and permission sets %{data:${USER}.permission_sets}`),
});

const POLICIES = sentences('Policy', ['Policy created or updated', 'Policy disabled'], {
  policy:
    `%{notSpace:${POLICY}.activity} a policy on %{data:${POLICY}.type}\\. Policy name: "%{data:${POLICY}.name}"\\. ` +
    `Platform: ${quoted(`${POLICY}.platform`)}\\. Instance\\(s\\): ${quoted(`${POLICY}.instances`)}`,
});

const CONNECTORS = sentences(
  'Connector',
  [
    'Connector created',
    'Connector deleted',
    'Authenticate connector',
    'Connector renamed',
    'Upload data to connector',
  ],
  {
    uploaded:
      `%{notSpace} data file ${quoted(`${DATA}.file_name`)} of kind ${quoted(`${DATA}.kind`)} to a ` +
      `%{data:${DATA}.type} connector named "%{data:${DATA}.name}"${METHOD(`${DATA}.method`)}`,
    renamed:
      `%{notSpace:${CONNECTOR}.activity} %{data:${CONNECTOR}.type} connector from "%{data:${CONNECTOR}.old_name}" ` +
      `to "%{data:${CONNECTOR}.new_name}"${METHOD(`${CONNECTOR}.method`)}`,
    changed:
      `%{notSpace:${CONNECTOR}.activity} %{data:${CONNECTOR}.type} connector named "%{data:${CONNECTOR}.name}"` +
      METHOD(`${CONNECTOR}.method`),
  },
);

const KEYS = sentences('API key', ['API Key created'], {
  key: `%{notSpace:${KEY}.activity} API Key "%{data:${KEY}.name}" for "%{data:${KEY}.service_user}"`,
});

export const HOSTED_PIPELINE: LogsPipeline = {
  name: 'Valence Security',
  is_enabled: true,
  filter: { query: 'source:valence-security' },
  processors: [
    ALERTS,
    AUDIT_LOGS,
    dateFrom('timestamp'),
    statusFrom('status'),
    LOCATE_CLIENT,
    MESSAGE,
    USERS,
    POLICIES,
    CONNECTORS,
    KEYS,
  ],
};
