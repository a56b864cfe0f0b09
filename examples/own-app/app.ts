import { App, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ValenceForwarder } from '../../infra/valence-forwarder.ts';

const app = new App();
const stack = new Stack(app, 'Security', { env: { region: 'eu-west-1' } });

new ValenceForwarder(stack, 'Forwarder', {
  valenceRegion: 'eu',
  datadogSite: 'datadoghq.eu',
  valenceSecret: Secret.fromSecretNameV2(stack, 'ValenceKey', 'security/valence'),
  alarmTopic: Topic.fromTopicArn(stack, 'Alarms', 'arn:aws:sns:eu-west-1:111122223333:security-alarms'),
  encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }),
  logRetention: RetentionDays.ONE_MONTH,
});

app.synth();
