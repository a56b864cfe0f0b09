import type { Construct } from 'constructs';
import { readConfig } from './config.ts';
import { readContentConfig } from './context/content.ts';
import { ForwarderStack, stackName } from './forwarder-stack.ts';
import { contentStack, installContent } from './install-content.ts';

/**
 * Adds everything that the settings ask for: a stack for each forwarder, and one for the content of Datadog. Datadog may refuse an
 * item, and one refused item rolls back its stack: a forwarder must not go with it.
 * @param scope the app, or a stage of it
 * @param context the settings, and the CDK's own values
 * @throws {ConfigError} naming all settings that are wrong
 */
export function addForwarders(scope: Construct, context: Readonly<Record<string, unknown>>): void {
  const forwarders = readConfig(context).map(
    (config) => new ForwarderStack(scope, stackName(config), { config }),
  );
  const content = readContentConfig(context);
  if (!content) return;
  const stack = contentStack(scope, content);
  installContent(stack, content);
  for (const forwarder of forwarders) {
    stack.addStackDependency(forwarder, 'The content shows what the forwarder sends.');
  }
}
