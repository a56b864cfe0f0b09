import { readFile } from 'node:fs/promises';
import type { PageCode } from './built-page.ts';

/** A file that the npm package has in place of the sources of the page. */
const packed = (name: string) => readFile(new URL(`../page/${name}`, import.meta.url));

/** The code of the page in the npm package, which brings it built. */
export const pageCode = async (): Promise<PageCode> => ({
  script: await packed('page.js'),
  style: await packed('page.css'),
});
