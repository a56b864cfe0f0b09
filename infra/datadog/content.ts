import type { ContentItem, ContentKind } from '../../lambda/content-installer/content-item.ts';
import { CONTENT_KINDS } from '../../lambda/content-installer/content-item.ts';
import { DEFAULT_INTERVAL_SECONDS } from '../../lambda/limits.ts';
import type { ContentPart } from '../../lambda/settings/content/content.ts';
import { DATADOG_SITES } from '../../lambda/shared/datadog-sites.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { readProject, runbookOf } from '../project/project.ts';
import { type Customisation, customised } from './customise.ts';
import { DASHBOARDS } from './dashboards.ts';
import { forwarderMonitors } from './monitors.ts';
import { LOG_PIPELINE } from './pipeline.ts';
import { DETECTION_RULES } from './rules.ts';

/**
 * Everything that can be installed, by kind and by stable key. The key identifies the installed item, so it stays when a
 * title changes: a new key creates a new item and deletes the old one.
 */
const contentFor = ({
  intervalSeconds = DEFAULT_INTERVAL_SECONDS,
  runbookUrl = runbookOf(readProject()),
  datadogSite = DATADOG_SITES[0],
}: Customisation): Readonly<Record<ContentKind, Readonly<Record<string, object>>>> => ({
  pipeline: { valence: LOG_PIPELINE },
  dashboard: DASHBOARDS,
  rule: DETECTION_RULES,
  monitor: forwarderMonitors({ intervalSeconds, runbookUrl, datadogSite }),
});

/** The keys of all items of a kind. */
export const contentKeys = (kind: ContentKind): string[] => Object.keys(contentFor({})[kind]);

const ALL: readonly ContentPart[] = CONTENT_KINDS.map((kind) => ({ kind }));

/** Whether an item is a rule with one of the methods. */
const detectsBy = (methods: readonly string[], { kind, body }: ContentItem): boolean =>
  kind === 'rule' && methods.includes(String((body.options as JsonObject).detectionMethod));

/**
 * The items to install.
 * @param parts what to install; everything by default
 * @param customisation what the user adds to the items
 */
export const contentItems = (
  parts: readonly ContentPart[] = ALL,
  customisation: Customisation = {},
): ContentItem[] => {
  const content = contentFor(customisation);
  return parts.flatMap(({ kind, exclude = [], excludeMethods = [] }) =>
    Object.entries(content[kind])
      .map(([key, body]) => customised({ kind, key, body: { ...body } }, customisation))
      .filter((item) => !exclude.includes(item.key) && !detectsBy(excludeMethods, item)),
  );
};
