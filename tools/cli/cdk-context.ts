import { existsSync, readFileSync } from 'node:fs';
import { isObject } from '../../lambda/shared/json.ts';
import { ToolError } from './tool-error.ts';

/** Settings of the deployment in this folder, as the CDK reads them. */
const SETTINGS_FILE = 'cdk.json';

/**
 * The `context` of cdk.json in the folder where the tool runs; empty without such a file.
 * @throws {ToolError} when the file is not JSON
 */
export function cdkContext(): Readonly<Record<string, unknown>> {
  if (!existsSync(SETTINGS_FILE)) return {};
  try {
    const { context } = JSON.parse(readFileSync(SETTINGS_FILE, 'utf8'));
    return isObject(context) ? context : {};
  } catch {
    throw new ToolError(`${SETTINGS_FILE} in this folder cannot be read as JSON. Correct it.`);
  }
}
