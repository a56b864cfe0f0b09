import {
  branch,
  calculate,
  categorise,
  copyText,
  dateFrom,
  LOCATE_CLIENT,
  messageFrom,
  move,
  PARSE_USER_AGENT,
  parse,
  statusFrom,
  translate,
} from '../../../infra/datadog/pipeline/processors.ts';
import type { LogsPipeline } from '../../../infra/datadog/types.ts';

/**
 * A model of the pipeline of Datadog's own integration for this product, as far as it is known, to test both pipelines on
 * one log. The names of its intermediate values are unknown; here they are under {@link HOSTED_HELPERS}.
 */

export const HOSTED_HELPERS = 'hosted';

const STATUS_BY_SEVERITY = { Critical: 'alert', High: 'critical', Medium: 'warning', Low: 'info' };

/** It joins the values of several events. */
const ALERT_TEXTS = [
  ['alert.events.actorUser.id', 'usr.id'],
  ['alert.events.actorUser.name', 'usr.name'],
  ['alert.events.actorUser.email', 'usr.email'],
  ['alert.events.actorApp.id', 'usr.id'],
  ['alert.events.actorApp.name', 'usr.name'],
  ['alert.events.actorApp.email', 'usr.email'],
  ['alert.events.action.actionName', 'evt.name'],
  ['alert.events.eventResult', 'evt.outcome'],
  ['alert.events.ip', 'network.client.ip'],
  ['alert.events.userAgent', 'http.useragent'],
] as const;

const user = (verb: string, link: string) =>
  `%{regex("${verb}"):user_change_details.activity} user %{data:user_change_details.username} ${link} ` +
  'role "%{data:user_change_details.role}" with access to ' +
  '%{data:user_change_details.platforms:array("", ", ")} and permission sets ' +
  '%{data:user_change_details.permission_sets}';

const SENTENCES = {
  user: user('Created|Deleted', 'with'),
  user_update: user('Updated', 'to'),
  policy:
    '%{word:policy_change_details.activity} a policy on %{data:policy_change_details.type}\\. Policy name: ' +
    '"%{data:policy_change_details.name}"\\. Platform: "%{data:policy_change_details.platform}"\\. ' +
    'Instance\\(s\\): "%{data:policy_change_details.instances}"',
  connector:
    '%{regex("Created|Deleted"):connector_change_details.activity} %{data:connector_change_details.type} ' +
    'connector named "%{data:connector_change_details.name}"',
  renamed:
    '%{regex("Renamed"):connector_change_details.activity} %{data:connector_change_details.type} connector ' +
    'from "%{data:connector_change_details.old_name}" to "%{data:connector_change_details.new_name}"',
  authenticated:
    '%{regex("Authenticated"):connector_change_details.activity} %{data:connector_change_details.type} ' +
    'connector named "%{data:connector_change_details.name}" via method "%{data:connector_change_details.method}"',
  uploaded:
    'Uploaded data file "%{data:connector_details.file_name}" of kind "%{data:connector_details.kind}" to a ' +
    '%{data:connector_details.type} connector named "%{data:connector_details.name}"',
  api_key:
    '%{word:api_key_change_details.activity} API Key "%{data:api_key_change_details.name}" for ' +
    '"%{data:api_key_change_details.service_user}"',
};

export const HOSTED_PIPELINE: LogsPipeline = {
  name: 'Valence Security',
  is_enabled: true,
  filter: { query: 'source:valence-security' },
  processors: [
    branch('Alerts', 'service:alerts', [
      calculate('alert.creationTimestamp * 1000', 'hosted.date'),
      dateFrom('hosted.date'),
      translate('alert_type_details.severity', 'hosted.status', STATUS_BY_SEVERITY),
      statusFrom('hosted.status'),
      ...ALERT_TEXTS.map(([from, to]) => copyText(from, to)),
      LOCATE_CLIENT,
      PARSE_USER_AGENT,
      messageFrom('alert.summaryLine'),
    ]),
    branch('Audit logs', 'service:audit-logs', [
      calculate('timeEpoch * 1000', 'hosted.date'),
      dateFrom('hosted.date'),
      categorise('hosted.status', { ok: '@success:true', error: '@success:false' }),
      statusFrom('hosted.status'),
      move('actor', 'usr.name'),
      move('action', 'evt.name'),
      move('success', 'evt.outcome'),
      move('ipAddress', 'network.client.ip'),
      LOCATE_CLIENT,
      messageFrom('details'),
      parse('message', SENTENCES, []),
    ]),
  ],
};
