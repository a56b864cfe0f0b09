import { fileURLToPath } from 'node:url';
import { AssetHashType } from 'aws-cdk-lib';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { forwarderBundle } from '../../lambda/bundle.ts';

/** The folder of all code that runs in Lambda. */
const LAMBDA_FOLDER = fileURLToPath(new URL('../../lambda', import.meta.url));

/** The forwarder's code, bundled at synth by the options of `npm run build`. */
export const forwarderCode = (): Code =>
  Code.fromAsset(LAMBDA_FOLDER, {
    // Only what is uploaded decides whether there is something to deploy; a comment in a source file does not.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle(outputDir) {
          buildSync(forwarderBundle(outputDir));
          return true;
        },
      },
      // Required, and never pulled: the local bundler either succeeds or throws.
      image: Runtime.NODEJS_24_X.bundlingImage,
    },
  });
