import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { NO_KEY, STACK_OUTPUTS, stackNameOf } from '../lambda/contract.ts';
import { stackRegion } from '../lambda/settings/deployment/aws-values.ts';
import { shellWord } from '../lambda/shared/shell.ts';
import { VERSION } from '../lambda/shared/version.ts';
import type { Config } from './config.ts';
import { configuredProps } from './configured-props.ts';
import { ONLY_FORWARDER } from './constructs/monitoring/label.ts';
import { storeCommand } from './constructs/store-command.ts';
import { DESCRIPTION } from './description.ts';
import { tagResources } from './tags.ts';
import { ValenceForwarder } from './valence-forwarder.ts';

export interface ForwarderStackProps extends StackProps {
  readonly config: Config;
}

/** Name of a forwarder's stack: it does not depend on other tenants. */
export const stackName = ({ suffix }: Config): string => stackNameOf(suffix);

/** One forwarder, and what an operator needs to know of it after the deployment. */
export class ForwarderStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: ForwarderStackProps) {
    super(scope, id, {
      description: DESCRIPTION,
      // A table with a customer managed key needs to know its region.
      env: { region: stackRegion(config) },
      ...props,
    });
    const { forwarder, secrets, state, quarantine, schedule, backfill, monitoring } = new ValenceForwarder(
      this,
      ONLY_FORWARDER,
      configuredProps(this, config),
    );

    if (!config.existingValenceSecret)
      this.output(
        STACK_OUTPUTS.storeValenceKey,
        'Stores the Valence API key; paste the key when the command waits for input',
        storeCommand(this, secrets.valence),
      );
    if (!config.existingDatadogSecret)
      this.output(
        STACK_OUTPUTS.storeDatadogKey,
        'Stores the Datadog API key; paste the key when the command waits for input',
        storeCommand(this, secrets.datadog),
      );
    this.output(
      STACK_OUTPUTS.checkCommand,
      'Checks keys, region, site and resources; writes nothing',
      `aws lambda invoke --region ${this.region} --function-name ${forwarder.handler.functionName} --cli-binary-format raw-in-base64-out --payload ${shellWord('{"action":"check"}')} /dev/stdout`,
    );
    this.output(STACK_OUTPUTS.functionName, 'The scheduled function', forwarder.handler.functionName);
    this.output(STACK_OUTPUTS.stateTable, 'Watermarks, leases and the ledger', state.table.tableName);
    this.output(STACK_OUTPUTS.quarantineBucket, 'Records that Datadog refused', quarantine.bucket.bucketName);
    this.output(STACK_OUTPUTS.logGroup, 'Log of the function', forwarder.logGroup.logGroupName);
    this.output(
      STACK_OUTPUTS.deadLetterQueue,
      'Starts that did not reach the function',
      schedule.deadLetterQueue.queueUrl,
    );
    this.output(STACK_OUTPUTS.failureQueue, 'Events of failed runs', forwarder.failureQueue.queueUrl);
    this.output(STACK_OUTPUTS.backfillStateMachine, 'Backfills a past range', backfill.stateMachine.attrArn);
    this.output(STACK_OUTPUTS.dashboard, 'Lag, volumes, errors and costs', monitoring.dashboardUrl);
    this.output(STACK_OUTPUTS.version, 'Version of the forwarder', VERSION);
    if (config.existingStateTable)
      this.output(
        STACK_OUTPUTS.existingTableKey,
        'KMS key that the function may use for the existing table',
        state.encryptionKey?.keyArn ?? NO_KEY,
      );
    if (config.existingQuarantineBucket)
      this.output(
        STACK_OUTPUTS.existingBucketKey,
        'KMS key that the function may use for the existing bucket',
        quarantine.encryptionKey?.keyArn ?? NO_KEY,
      );
    if (config.existingDataKmsKeyArn)
      this.output(
        STACK_OUTPUTS.existingDataKey,
        'The setting existingDataKmsKeyArn',
        config.existingDataKmsKeyArn,
      );
    tagResources(this, config.resourceTags);
  }

  private output(id: string, description: string, value: string) {
    new CfnOutput(this, id, { description, value });
  }
}
