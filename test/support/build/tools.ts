import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder with the bundled tools: `ops.mjs` and so on. */
    toolsFolder: string;
  }
}

const TOOLS = {
  datadog: 'tools/datadog/datadog.ts',
  doctor: 'tools/doctor/doctor.ts',
  ops: 'tools/ops/ops.ts',
  preview: 'tools/preview/preview.ts',
  start: 'tools/run-locally/start.ts',
  zoo: 'test/zoo/cli.ts',
};

/** A tool that is bundled. */
export type ToolName = keyof typeof TOOLS;

/** The doctor limits its rate for the sake of other people's services. Here tests need not wait. */
const withoutPace: Plugin = {
  name: 'without-pace',
  setup(build) {
    build.onLoad({ filter: /doctor[/\\]pace-clock\.ts$/ }, () => ({
      contents: `import { systemClock } from '../../lambda/shared/clock.ts';
        export const paceClock = { ...systemClock, sleep: async () => {} };`,
      loader: 'ts',
      resolveDir: 'tools/doctor',
    }));
  },
};

/** Files that find others by their own place still find them there. */
const ownPlaces: Plugin = {
  name: 'own-places',
  setup(build) {
    build.onLoad({ filter: /[/\\](lambda|infra|tools|test)[/\\].*\.ts$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const text = await readFile(path, 'utf8');
      return {
        contents: text.replaceAll(', import.meta.url)', `, '${pathToFileURL(path)}')`),
        loader: 'ts',
      };
    });
  },
};

const { resolve } = createRequire(import.meta.url);

/** Packages that find their own files, or are too large to be worth bundling. They are loaded from where they are installed. */
const installedPackages: Plugin = {
  name: 'installed-packages',
  setup(build) {
    build.onResolve({ filter: /^(aws-cdk-lib|dynalite|esbuild)($|\/)/ }, ({ path }) => ({
      path: String(pathToFileURL(resolve(path))),
      external: true,
    }));
  },
};

let folder: string;

/**
 * Bundles the tools that tests start often, once for all test files. From their sources, each start would load hundreds of
 * files of the AWS SDK. That each starts from its sources too, `npmRun` shows once.
 */
export async function setup(project: TestProject): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'tools-'));
  await build({
    entryPoints: TOOLS,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minifyWhitespace: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    plugins: [withoutPace, ownPlaces, installedPackages],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  project.provide('toolsFolder', folder);
}

export const teardown = (): Promise<void> => rm(folder, { recursive: true });
