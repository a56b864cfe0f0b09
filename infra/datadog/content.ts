import type { ContentItem, ContentKind } from '../../lambda/content-installer/content-item.ts';
import { CONTENT_KINDS } from '../../lambda/content-installer/content-item.ts';
import { type Customisation, customised } from './customise.ts';
import { LOG_PIPELINE } from './pipeline.ts';

/**
 * Everything that can be installed: by kind, by stable key. A key outlives every title, because the installed thing is
 * found by it; a new key is a new thing, and the old one goes.
 */
const CONTENT: Readonly<Record<ContentKind, Readonly<Record<string, object>>>> = {
  pipeline: { valence: LOG_PIPELINE },
  dashboard: {},
  rule: {},
  monitor: {},
};

/**
 * The items to install.
 * @param kinds those wanted; all when left out
 * @param customisation what the user adds to them
 */
export const contentItems = (
  kinds: readonly ContentKind[] = CONTENT_KINDS,
  customisation: Customisation = {},
): ContentItem[] =>
  kinds.flatMap((kind) =>
    Object.entries(CONTENT[kind]).map(([key, body]) =>
      customised({ kind, key, body: { ...body } }, customisation),
    ),
  );
