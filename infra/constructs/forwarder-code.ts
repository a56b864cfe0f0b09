import { chmodSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType } from 'aws-cdk-lib';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import { forwarderBundle, installerBundle, withoutSourceMaps } from '../../lambda/bundling/bundle.ts';

/** Only the owner changes what is going to be deployed. Lambda runs it as another user, who has to read it. */
const FOLDER_MODE = 0o755;
const FILE_MODE = 0o644;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Code bundled at synth by the options of `npm run build`.
 * @param folder of the function below lambda/; the CDK treats two assets of one folder as the same asset
 */
const bundledCode = (folder: string, bundle: (outdir: string) => BuildOptions): Code =>
  Code.fromAsset(here(`../../lambda/${folder}`), {
    // Only a change of the bundle is deployed, not one of a comment in a source file.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle(outputDir) {
          // The CDK lets everyone write into this folder, for the container that it would start otherwise.
          chmodSync(outputDir, FOLDER_MODE);
          // Built for the folder of `npm run build`: the names of the files depend on it, and so would the asset's hash.
          const options = withoutSourceMaps(bundle(here(`../../dist/${folder}`)));
          const { outputFiles = [] } = buildSync({ ...options, write: false });
          for (const { path, contents } of outputFiles) {
            const file = join(outputDir, basename(path));
            writeFileSync(file, contents);
            chmodSync(file, FILE_MODE);
          }
          return true;
        },
      },
      // Required by the CDK, but never pulled: the local bundler either succeeds or throws.
      image: Runtime.NODEJS_24_X.bundlingImage,
    },
  });

export const forwarderCode = (): Code => bundledCode('forwarder', forwarderBundle);

export const installerCode = (): Code => bundledCode('content-installer', installerBundle);
