import { fileURLToPath } from 'node:url';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { FunctionFolder } from '../../lambda/bundling/folders.ts';

/**
 * Code of a function in the npm package, which brings it built: its user needs no compiler. See built-code.ts, whose place it takes.
 * @param folder of the function below functions/
 */
export const functionCode = (folder: FunctionFolder): Code =>
  Code.fromAsset(fileURLToPath(new URL(`../../functions/${folder}`, import.meta.url)));
