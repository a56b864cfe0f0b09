import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentItem } from '../../lambda/content-installer/content-item.ts';
import { withMark } from '../../lambda/content-installer/mark.ts';

/**
 * Writes every item as JSON for Datadog's API, with the ownership mark: a later deployment adopts objects that were
 * created from it by hand.
 * @param folder receives one folder for each kind; files of the same name are replaced
 * @returns paths of the files
 */
export async function exportContent(folder: string, items: readonly ContentItem[]): Promise<string[]> {
  const files: string[] = [];
  for (const item of items) {
    const file = join(folder, `${item.kind}s`, `${item.key}.json`);
    await mkdir(join(folder, `${item.kind}s`), { recursive: true });
    await writeFile(file, `${JSON.stringify(withMark(item), null, 2)}\n`);
    files.push(file);
  }
  return files;
}
