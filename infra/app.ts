import { chmodSync } from 'node:fs';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { ConfigError } from '../lambda/shared/errors.ts';
import { FEATURE_FLAGS } from './feature-flags.ts';
import { addForwarders } from './forwarder-app.ts';

// Only the owner may change what is going to be deployed, also if the machine's default permits more.
process.umask(0o022);
const app = new App({ context: FEATURE_FLAGS });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
// The CDK's command made it before this program started.
chmodSync(app.outdir, 0o755);
try {
  addForwarders(app, app.node.getAllContext());
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  // A stack trace would bury the one message that helps.
  console.error(
    `${error.message}\nSet them with -c key=value or under "context" in cdk.json; docs/configuration.md explains each.`,
  );
  process.exitCode = 1;
}
