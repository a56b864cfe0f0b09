import type { ContentItem, ContentKind } from '../../lambda/content-installer/content-item.ts';
import { CONTENT_KINDS } from '../../lambda/content-installer/content-item.ts';
import { DEFAULT_INTERVAL_SECONDS } from '../../lambda/limits.ts';
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
}: Customisation): Readonly<Record<ContentKind, Readonly<Record<string, object>>>> => ({
  pipeline: { valence: LOG_PIPELINE },
  dashboard: DASHBOARDS,
  rule: DETECTION_RULES,
  monitor: forwarderMonitors({ intervalSeconds, runbookUrl }),
});

/**
 * The items to install.
 * @param kinds the kinds to install; all by default
 * @param customisation what the user adds to the items
 */
export const contentItems = (
  kinds: readonly ContentKind[] = CONTENT_KINDS,
  customisation: Customisation = {},
): ContentItem[] => {
  const content = contentFor(customisation);
  return kinds.flatMap((kind) =>
    Object.entries(content[kind]).map(([key, body]) =>
      customised({ kind, key, body: { ...body } }, customisation),
    ),
  );
};
