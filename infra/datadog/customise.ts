import type { ContentItem } from '../../lambda/content-installer/content-item.ts';
import { type ContentSettings, SEVERITIES } from '../../lambda/settings/content/content.ts';
import type { DatadogSite } from '../../lambda/shared/datadog-sites.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { PropsOf } from '../forwarder-props.ts';

export type Severity = (typeof SEVERITIES)[number];

/** What a user adds to the content: settings that change items, and settings of the forwarders. */
export interface Customisation extends PropsOf<Omit<ContentSettings, 'parts' | 'appKeySecret'>> {
  /**
   * The longest time between two runs of a forwarder, in seconds.
   * @default five minutes
   */
  intervalSeconds?: number | undefined;
  /**
   * Address of the runbook that monitors point to.
   * @default docs/runbook.md in the repository of project.json; while that is empty, the dashboard of the forwarder
   */
  runbookUrl?: string | undefined;
  /**
   * Site of the Datadog organisation, for links in messages, which people open outside Datadog.
   * @default 'datadoghq.com'
   */
  datadogSite?: DatadogSite | undefined;
}

/** Priority of a monitor that has none. */
const USUAL_PRIORITY = 3;

const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Only tags that it does not have yet, since Datadog refuses a tag given twice. */
const withTags = (body: JsonObject, ...more: readonly string[]): JsonObject => {
  const tags = new Set([...listIn(body.tags), ...more]);
  return tags.size > 0 ? { ...body, tags: [...tags] } : body;
};

/** Each case of a rule notifies the handles of its status. */
function withNotifications(rule: JsonObject, notify: NonNullable<Customisation['notify']>): JsonObject {
  const handlesOf = (status: unknown): readonly string[] => notify[status as Severity] ?? [];
  const notifying = (cases: unknown) =>
    listIn(cases).map((each) => {
      const { status, notifications } = each as JsonObject;
      const handles = handlesOf(status);
      return handles.length > 0
        ? { ...(each as JsonObject), notifications: [...listIn(notifications), ...handles] }
        : each;
    });
  const options = rule.options as JsonObject | undefined;
  const thirdParty = options?.thirdPartyRuleOptions as JsonObject | undefined;
  const defaultHandles = handlesOf(thirdParty?.defaultStatus);
  return {
    ...rule,
    ...(rule.cases !== undefined && { cases: notifying(rule.cases) }),
    ...(rule.thirdPartyCases !== undefined && { thirdPartyCases: notifying(rule.thirdPartyCases) }),
    ...(defaultHandles.length > 0 && {
      options: {
        ...options,
        thirdPartyRuleOptions: {
          ...thirdParty,
          defaultNotifications: [...listIn(thirdParty?.defaultNotifications), ...defaultHandles],
        },
      },
    }),
  };
}

/** A monitor notifies the handles in its message. */
function withHandles(monitor: JsonObject, notify: NonNullable<Customisation['notify']>): JsonObject {
  const priority = typeof monitor.priority === 'number' ? monitor.priority : USUAL_PRIORITY;
  const severity = SEVERITIES[priority - 1];
  const handles = (severity && notify[severity]) ?? [];
  return handles.length > 0
    ? { ...monitor, message: `${monitor.message ?? ''}\n\n${handles.join(' ')}`.trim() }
    : monitor;
}

/** An item with the user's team, tags and notification handles. A pipeline has none of them and does not change. */
export function customised(
  item: ContentItem,
  { team, notify = {}, monitorTags = [] }: Customisation,
): ContentItem {
  const teamTags = team ? [`team:${team}`] : [];
  switch (item.kind) {
    case 'pipeline':
      return item;
    case 'dashboard':
      return { ...item, body: withTags(item.body, ...teamTags) };
    case 'rule':
      return { ...item, body: withNotifications(withTags(item.body, ...teamTags, ...monitorTags), notify) };
    case 'monitor':
      return { ...item, body: withHandles(withTags(item.body, ...teamTags, ...monitorTags), notify) };
  }
}
