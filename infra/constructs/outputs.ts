import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { NO_KEY, STACK_OUTPUTS } from '../../lambda/contract.ts';
import { shellWord } from '../../lambda/shared/shell.ts';
import { VERSION } from '../../lambda/shared/version.ts';
import type { ForwarderBase } from '../forwarder-base.ts';
import type { ValenceForwarderProps } from '../forwarder-props.ts';
import type { Monitoring } from './monitoring.ts';
import type { ForwarderSchedule } from './schedule.ts';
import { storeCommand } from './store-command.ts';

/** What the outputs describe. */
type Described = Pick<ForwarderBase, 'forwarder' | 'secrets' | 'state' | 'quarantine' | 'backfill'> & {
  readonly schedule: ForwarderSchedule;
  readonly monitoring: Monitoring;
};

/** What begins the keys of outputs: nothing for the usual tenant, and `NorthEu` for the tenant `north-eu`. */
export const outputPrefixOf = (tenant: string): string =>
  tenant === 'default'
    ? ''
    : tenant
        .split('-')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join('');

/** What an operator, and the tools, need to know of a forwarder after the deployment: outputs of its stack, whatever else that has. */
export class ForwarderOutputs extends Construct {
  private readonly prefix: string;

  /**
   * @param prefix what begins their keys
   * @param given the props of the forwarder: what exists has outputs of its own
   */
  constructor(
    scope: Construct,
    id: string,
    prefix: string,
    described: Described,
    given: ValenceForwarderProps,
  ) {
    super(scope, id);
    this.prefix = prefix;
    const { forwarder, secrets, state, quarantine, schedule, backfill, monitoring } = described;
    const { region } = Stack.of(this);
    const key = (of: { encryptionKey: IKey | undefined }) => of.encryptionKey?.keyArn ?? NO_KEY;
    if (!given.valenceSecret)
      this.output(
        'storeValenceKey',
        'Stores the Valence API key; paste the key when the command waits for input',
        storeCommand(this, secrets.valence),
      );
    if (!given.datadogSecret)
      this.output(
        'storeDatadogKey',
        'Stores the Datadog API key; paste the key when the command waits for input',
        storeCommand(this, secrets.datadog),
      );
    this.output(
      'checkCommand',
      'Checks keys, region, site and resources; writes nothing',
      `aws lambda invoke --region ${region} --function-name ${forwarder.handler.functionName} --cli-binary-format raw-in-base64-out --payload ${shellWord('{"action":"check"}')} /dev/stdout`,
    );
    this.output('functionName', 'The scheduled function', forwarder.handler.functionName);
    this.output('stateTable', 'Watermarks, leases and the ledger', state.table.tableName);
    this.output('quarantineBucket', 'Records that Datadog refused', quarantine.bucket.bucketName);
    this.output('logGroup', 'Log of the function', forwarder.logGroup.logGroupName);
    this.output(
      'deadLetterQueue',
      'Starts that did not reach the function',
      schedule.deadLetterQueue.queueUrl,
    );
    this.output('failureQueue', 'Events of failed runs', forwarder.failureQueue.queueUrl);
    this.output('backfillStateMachine', 'Backfills a past range', backfill.stateMachine.attrArn);
    this.output('schedule', 'Name of the schedule', schedule.schedule.scheduleName);
    this.output('scheduleGroup', 'Name of its group', schedule.group.scheduleGroupName);
    this.output('alarmPrefix', 'What the names of the alarms begin with', monitoring.label);
    this.output('dashboard', 'Lag, volumes, errors and costs', monitoring.dashboardUrl);
    this.output('version', 'Version of the forwarder', VERSION);
    if (given.stateTable)
      this.output('existingTableKey', 'KMS key that the function may use for the existing table', key(state));
    if (given.quarantineBucket)
      this.output(
        'existingBucketKey',
        'KMS key that the function may use for the existing bucket',
        key(quarantine),
      );
    if (given.dataKey)
      this.output('existingDataKey', 'The setting existingDataKmsKeyArn', given.dataKey.keyArn);
    this.node.addValidation({ validate: () => this.taken() });
  }

  private output(name: keyof typeof STACK_OUTPUTS, description: string, value: string): void {
    new CfnOutput(this, STACK_OUTPUTS[name], { description, value }).overrideLogicalId(
      `${this.prefix}${STACK_OUTPUTS[name]}`,
    );
  }

  /** A problem for each output whose key another output of the stack has, which CloudFormation would refuse without saying why. */
  private taken(): string[] {
    const stack = Stack.of(this);
    const outputs = stack.node
      .findAll()
      .filter((each) => each instanceof CfnOutput && Stack.of(each) === stack);
    const idOf = (output: Construct) => String(stack.resolve((output as CfnOutput).logicalId));
    const own = new Set(outputs.filter(({ node }) => node.scope === this).map(idOf));
    return outputs
      .filter((output) => output.node.scope !== this && own.has(idOf(output)))
      .map(
        (output) =>
          `outputPrefix = "${this.prefix}": the stack has another output ${idOf(output)} (${output.node.path}). Give the forwarder another outputPrefix.`,
      );
  }
}
