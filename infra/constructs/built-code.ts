import { fileURLToPath } from 'node:url';
import { AssetHashType } from 'aws-cdk-lib';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { buildDeployed } from '../../lambda/bundling/deployed.ts';
import type { FunctionFolder } from '../../lambda/bundling/folders.ts';

/**
 * Code of a function, built at synth. In the npm package, packed-code.ts takes the place of this file (`imports` of package.json).
 * @param folder of the function below lambda/; the CDK treats two assets of one folder as the same asset
 */
export const functionCode = (folder: FunctionFolder): Code =>
  Code.fromAsset(fileURLToPath(new URL(`../../lambda/${folder}`, import.meta.url)), {
    // Only a change of the bundle is deployed, not one of a comment in a source file.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle(outputDir) {
          buildDeployed(folder, outputDir);
          return true;
        },
      },
      // Required by the CDK, but never pulled: the local bundler either succeeds or throws.
      image: Runtime.NODEJS_24_X.bundlingImage,
    },
  });
