import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';
import { installerBundle } from '../../../lambda/bundling/bundle.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder with the content installer, built as it is deployed. */
    installerFolder: string;
  }
}

let folder: string;

/** Builds the content installer once for all test files that start it. */
export async function setup(project: TestProject): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'installer-'));
  await build(installerBundle(folder));
  project.provide('installerFolder', folder);
}

export const teardown = (): Promise<void> => rm(folder, { recursive: true });
