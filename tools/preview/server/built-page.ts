import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

/** What the page's document loads. */
export interface PageCode {
  script: string | Uint8Array;
  style: string | Uint8Array;
}

/** How the code of the page is built: at its first request, and for the npm package. */
export const PAGE_BUNDLE = {
  entryPoints: { page: fileURLToPath(new URL('../page/main.tsx', import.meta.url)) },
  outdir: '/',
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'silent',
} satisfies BuildOptions;

/**
 * Builds the code of the page from the sources, so that no built file can be out of date. In the npm package, packed-page.ts takes the
 * place of this file (`imports` of package.json).
 */
export async function pageCode(): Promise<PageCode> {
  const { outputFiles } = await build({ ...PAGE_BUNDLE, write: false });
  const file = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.contents ?? '';
  return { script: file('.js'), style: file('.css') };
}
