import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ContentItem } from '../../lambda/content-installer/content-item.ts';
import { withMark } from '../../lambda/content-installer/mark.ts';
import { counted } from '../cli/format.ts';
import { ToolError } from '../cli/tool-error.ts';

/**
 * Writes every item as JSON for Datadog's API, with the ownership mark: a later deployment adopts objects that were
 * created from it by hand.
 * @param folder receives one folder for each kind
 * @param options `replace`: whether files of the same names are replaced, which may have been changed by hand
 * @returns paths of the files
 * @throws {ToolError} when files exist that would be replaced; then nothing was written
 */
export async function exportContent(
  folder: string,
  items: readonly ContentItem[],
  { replace = false }: { replace?: boolean } = {},
): Promise<string[]> {
  const files = items.map((item) => ({ item, path: join(folder, `${item.kind}s`, `${item.key}.json`) }));
  const existing = files.filter(({ path }) => existsSync(path));
  const [first] = existing;
  if (first && !replace) {
    const others = existing.length > 1 ? ` and ${counted(existing.length - 1, 'other file')}` : '';
    throw new ToolError(
      `${first.path}${others} would be replaced. Nothing was written. Name another folder, or add --force.`,
    );
  }
  for (const { item, path } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify(withMark(item), null, 2)}\n`);
  }
  return files.map(({ path }) => path);
}
