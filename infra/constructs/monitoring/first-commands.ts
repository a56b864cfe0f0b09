import { Stack } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { AlarmKind, LogEvent, PageKind } from '../../../lambda/contract.ts';
import { shellWord } from '../../../lambda/shared/shell.ts';
import { storeCommand } from '../store-command.ts';
import type { Watched } from './watched.ts';

/** What to type first, by the alarm that was raised. */
export type FirstCommands = Readonly<Record<AlarmKind | PageKind, string>>;

/** The text of an alarm has room for two commands of this length; an existing secret may have a longer name. */
const LONGEST_COMMAND = 260;
const STORE_BY_HAND = ['Store the Valence key in your secret.', 'Store the Datadog key in your secret.'];

/** A command for each alarm, complete with the names of this deployment. */
export function firstCommands(scope: Construct, watched: Watched): FirstCommands {
  const { delivery, logGroup, secrets } = watched;
  const region = `--region ${Stack.of(scope).region}`;
  const functionName = `--function-name ${watched.function.functionName}`;
  const lines = (...events: LogEvent[]) => {
    const pattern = events.map((event) => `$.event = "${event}"`).join(' || ');
    return `aws logs tail ${logGroup.logGroupName} ${region} --since 3h --filter-pattern ${shellWord(`{ ${pattern} }`)}`;
  };
  const messages = (queue: IQueue) =>
    `aws sqs receive-message ${region} --queue-url ${queue.queueUrl} --max-number-of-messages 10 --message-attribute-names All`;
  const check = `aws lambda invoke ${region} ${functionName} --cli-binary-format raw-in-base64-out --payload ${shellWord('{"action":"check"}')} /dev/stdout`;
  return {
    'not-set-up': [storeCommand(scope, secrets.valence), storeCommand(scope, secrets.datadog)]
      .map((command, index) => (command.length > LONGEST_COMMAND ? STORE_BY_HAND[index] : command))
      .join('\n'),
    stopped: lines('stream-failed'),
    records: lines('record-quarantined', 'elements-unreadable', 'records-changed'),
    unseen: check,
    errors: lines('stream-failed'),
    'not-running': `aws lambda get-function ${region} ${functionName} --query ${shellWord('[Configuration.State,Configuration.LastUpdateStatus,Concurrency]')}`,
    duration: lines('slow-page'),
    throttles: `aws lambda get-function-concurrency ${region} ${functionName}`,
    'credential-failures': check,
    'watermark-age-warning': lines('stream-served', 'stream-failed'),
    'watermark-age-critical': lines('stream-served', 'stream-failed'),
    'final-watermark-age': lines('stream-served', 'stream-failed'),
    silence: check,
    holes: lines('holes-open'),
    'quarantined-logs': lines('record-quarantined', 'elements-unreadable'),
    'table-writes': lines('stream-served', 'records-changed'),
    'dropped-invocations': messages(delivery.deadLetterQueue),
    'dead-letters': messages(delivery.deadLetterQueue),
    'failed-events': messages(delivery.failureQueue),
  };
}
