import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { ValenceForwarder } from './valence-forwarder.ts';

export interface ForwarderStackProps extends StackProps {
  readonly config: Config;
}

/** One forwarder, and what an operator needs to know of it after the deployment. */
export class ForwarderStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: ForwarderStackProps) {
    super(scope, id, props);
    const { forwarder, secrets, state, quarantine, monitoring } = new ValenceForwarder(this, 'Forwarder', {
      valenceRegion: config.region,
      valenceApi: config.valenceApi,
      datadogSite: config.datadogSite,
      datadogTags: config.datadogTags,
      datadogEnv: config.datadogEnv,
      collectAlerts: config.collectAlerts,
      collectAuditLogs: config.collectAuditLogs,
      initialLookback: Duration.hours(config.initialLookbackHours),
      interval: config.schedule,
      alarmEmail: config.alarmEmail,
      alarmTopic: config.alarmTopicArn
        ? Topic.fromTopicArn(this, 'AlarmTopic', config.alarmTopicArn)
        : undefined,
      runbookUrl: config.runbookUrl,
    });

    this.output('StoreValenceKey', 'Then paste the Valence API key', this.storeCommand(secrets.valence));
    this.output('StoreDatadogKey', 'Then paste the Datadog API key', this.storeCommand(secrets.datadog));
    this.output(
      'CheckCommand',
      'Checks keys, region, site and resources; writes nothing',
      `aws lambda invoke --region ${this.region} --function-name ${forwarder.handler.functionName} --cli-binary-format raw-in-base64-out --payload '{"action":"check"}' /dev/stdout`,
    );
    this.output('FunctionName', 'The scheduled function', forwarder.handler.functionName);
    this.output('StateTable', 'Watermarks, leases and the ledger', state.table.tableName);
    this.output('QuarantineBucket', 'Records that Datadog refused', quarantine.bucket.bucketName);
    this.output('LogGroup', 'Log of the function', forwarder.logGroup.logGroupName);
    this.output('Dashboard', 'How the forwarder is doing', monitoring.dashboardUrl);
  }

  private output(id: string, description: string, value: string) {
    new CfnOutput(this, id, { description, value });
  }

  /** Reads the key from the terminal, so that it stands in no shell history and in no list of processes. */
  private storeCommand(secret: ISecret): string {
    return `aws secretsmanager put-secret-value --region ${this.region} --secret-id ${secret.secretArn} --secret-string file:///dev/stdin`;
  }
}
