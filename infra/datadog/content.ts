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
 * Everything that can be installed: by kind, by stable key. A key outlives every title, because the installed thing is
 * found by it; a new key is a new thing, and the old one goes.
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
 * @param kinds those wanted; all when left out
 * @param customisation what the user adds to them
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
