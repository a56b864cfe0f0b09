import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { ConfigError } from '../lambda/common/errors.ts';
import { readConfig } from './config.ts';
import { readContentConfig } from './context/content.ts';
import { FEATURE_FLAGS } from './feature-flags.ts';
import { ForwarderStack, stackName } from './forwarder-stack.ts';
import { contentStack, installContent } from './install-content.ts';

const app = new App({ context: FEATURE_FLAGS });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
try {
  const context = app.node.getAllContext();
  const stacks = readConfig(context).map(
    (config) => [config, new ForwarderStack(app, stackName(config), { config })] as const,
  );
  const content = readContentConfig(context);
  if (content) {
    const only = stacks.find(([{ tenant }]) => tenant === undefined)?.[1];
    installContent(only ?? contentStack(app, content), content);
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  // A stack trace would bury the one message that helps.
  console.error(
    `${error.message}\nSet them with -c key=value or under "context" in cdk.json; docs/configuration.md explains each.`,
  );
  process.exitCode = 1;
}
