/** What the npm package exports as `./content`: the Datadog content as data. See docs/package.md. */

export type { ContentItem, ContentKind } from '../lambda/content-installer/content-item.ts';
export type { ContentPart } from '../lambda/settings/content/content.ts';
export { contentItems } from './datadog/content.ts';
export type { Customisation } from './datadog/customise.ts';
