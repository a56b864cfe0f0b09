import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { buildDeployed } from '../lambda/bundling/deployed.ts';
import { FUNCTION_FOLDERS } from '../lambda/bundling/folders.ts';
import { PAGE_BUNDLE } from '../tools/preview/server/built-page.ts';
import { COMMANDS } from './commands.ts';

/** Paths of a metafile begin here. */
const ROOT = resolve(import.meta.dirname, '..');

/** Files that find others by their own place find them where a checkout has them: commands are one folder below the package. */
const ownPlaces: Plugin = {
  name: 'own-places',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\](lambda|infra|tools)[/\\].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const place = relative(ROOT, path).split(sep).join('/');
      return {
        contents: text.replaceAll(', import.meta.url)', `, new URL('../${place}', import.meta.url))`),
        loader: 'ts',
      };
    }),
};

/** What went into a bundled part of the package. */
export interface Bundled {
  /** Its folder in the package. */
  part: string;
  metafile: Metafile;
}

/** Builds the functions as `cdk deploy` of a checkout would. */
function bundleFunctions(folder: string): Bundled[] {
  return FUNCTION_FOLDERS.map((name) => {
    const part = `functions/${name}`;
    const outputDir = join(folder, part);
    mkdirSync(outputDir, { recursive: true });
    return { part, metafile: buildDeployed(name, outputDir) };
  });
}

/** Builds the commands, each a file that imports what several of them need. */
async function bundleCommands(folder: string): Promise<Bundled> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { ...COMMANDS },
    outdir: join(folder, 'bin'),
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['packed', 'module'],
    mainFields: ['module', 'main'],
    // The user of the package has the CDK.
    external: ['aws-cdk-lib', 'constructs'],
    plugins: [ownPlaces],
    legalComments: 'none',
    logLevel: 'warning',
    banner: {
      js: [
        '#!/usr/bin/env node',
        // Dependencies that are still CommonJS call `require` for Node's own modules.
        "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      ].join('\n'),
    },
  });
  return { part: 'bin', metafile };
}

/** Builds the page of `preview --open`, where its sources are in a checkout. */
async function bundlePage(folder: string): Promise<Bundled> {
  const part = 'tools/preview/page';
  const { metafile } = await build({
    ...PAGE_BUNDLE,
    absWorkingDir: ROOT,
    outdir: join(folder, part),
    legalComments: 'none',
    metafile: true,
  });
  return { part, metafile };
}

/**
 * Builds everything of the package that contains other packages.
 * @param folder of the package
 */
export async function bundleAll(folder: string): Promise<Bundled[]> {
  return [...bundleFunctions(folder), await bundleCommands(folder), await bundlePage(folder)];
}
