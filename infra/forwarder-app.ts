import type { Construct } from 'constructs';
import { readConfig } from './config.ts';
import { readContentConfig } from './context/content.ts';
import { ForwarderStack, stackName } from './forwarder-stack.ts';
import { contentStack, installContent } from './install-content.ts';

/**
 * Adds everything that the settings ask for: a stack for each forwarder, and the content of Datadog.
 * @param scope the app, or a stage of it
 * @param context the settings, and the CDK's own values
 * @throws {ConfigError} naming all settings that are wrong
 */
export function addForwarders(scope: Construct, context: Readonly<Record<string, unknown>>): void {
  const stacks = readConfig(context).map(
    (config) => [config, new ForwarderStack(scope, stackName(config), { config })] as const,
  );
  const content = readContentConfig(context);
  if (content) {
    const only = stacks.find(([{ suffix }]) => suffix === undefined)?.[1];
    installContent(only ?? contentStack(scope, content), content);
  }
}
