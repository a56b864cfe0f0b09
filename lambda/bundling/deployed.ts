import { chmodSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';
import { forwarderBundle, installerBundle, withoutSourceMaps } from './bundle.ts';
import type { FunctionFolder } from './folders.ts';

/** Only the owner changes what is going to be deployed. Lambda runs it as another user, who has to read it. */
const FOLDER_MODE = 0o755;
const FILE_MODE = 0o644;

const BUNDLES: Readonly<Record<FunctionFolder, (outdir: string) => BuildOptions>> = {
  forwarder: forwarderBundle,
  'content-installer': installerBundle,
};

/**
 * Builds a function as it is deployed.
 * @param outputDir folder that exists, and receives the files
 * @returns what went into the files
 */
export function buildDeployed(folder: FunctionFolder, outputDir: string): Metafile {
  // The CDK lets everyone write into this folder, for the container that it would start otherwise.
  chmodSync(outputDir, FOLDER_MODE);
  // Built for the folder of `npm run build`: the names of the files depend on it, and so would the hash of the asset.
  const options = withoutSourceMaps(BUNDLES[folder](`dist/${folder}`));
  const { outputFiles, metafile } = buildSync({ ...options, write: false, metafile: true });
  for (const { path, contents } of outputFiles) {
    const file = join(outputDir, basename(path));
    writeFileSync(file, contents);
    chmodSync(file, FILE_MODE);
  }
  return metafile;
}
