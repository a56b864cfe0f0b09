import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder with the bundled tools: `ops.mjs` and so on. */
    toolsFolder: string;
  }
}

/** Tools that do not depend on the place of their own file. */
const TOOLS = {
  ops: 'tools/ops/ops.ts',
  doctor: 'tools/doctor/doctor.ts',
  preview: 'tools/datadog/preview.ts',
};

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

let folder: string;

/**
 * Bundles the tools that tests start often, once for all test files. From their sources, each start would load hundreds of
 * files of the AWS SDK.
 */
export async function setup(project: TestProject): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'tools-'));
  await build({
    entryPoints: TOOLS,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    plugins: [withoutPace],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  project.provide('toolsFolder', folder);
}

export const teardown = (): Promise<void> => rm(folder, { recursive: true });
