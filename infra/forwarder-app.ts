import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { STACK_OUTPUTS } from '../lambda/contract.ts';
import { readConfig } from './config.ts';
import { readContentConfig } from './context/content.ts';
import { ForwarderStack, stackName } from './forwarder-stack.ts';
import { contentStack, installContent } from './install-content.ts';

/** A plain `cdk deploy` refuses to choose among several stacks. */
function outputDeployCommand(stacks: readonly Stack[]): void {
  if (stacks.length < 2) return;
  for (const stack of stacks) {
    new CfnOutput(stack, STACK_OUTPUTS.deployCommand, {
      description: 'Deploys every stack of the settings, the Datadog content last',
      value: 'npx cdk deploy --all',
    });
  }
}

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
  const stacks: Stack[] = [...forwarders];
  if (content) {
    const stack = contentStack(scope, content);
    installContent(stack, content);
    for (const forwarder of forwarders) {
      stack.addStackDependency(forwarder, 'The content shows what the forwarder sends.');
    }
    stacks.push(stack);
  }
  outputDeployCommand(stacks);
}
