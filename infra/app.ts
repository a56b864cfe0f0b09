import { App } from 'aws-cdk-lib';
import { ConfigError } from '../lambda/common/errors.ts';
import { readConfig } from './config.ts';
import { ForwarderStack } from './forwarder-stack.ts';

const app = new App();
try {
  const config = readConfig(app.node.getAllContext());
  new ForwarderStack(app, 'ValenceForwarder', {
    description: 'Forwards Valence Security alerts and audit logs to Datadog',
    config,
    env: { region: config.awsRegion },
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  // A stack trace would bury the one message that helps.
  console.error(
    `${error.message}\nSet them with -c key=value or under "context" in cdk.json; docs/configuration.md explains each.`,
  );
  process.exitCode = 1;
}
