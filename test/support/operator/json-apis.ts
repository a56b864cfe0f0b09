import { json, type StandInResponse } from '../../../local/stand-ins/http-server.ts';
import type { Account, LogLine } from './deployed.ts';

/** CloudWatch, CloudWatch Logs and Step Functions, which speak AWS's JSON protocols. */

const reply = (value: object): StandInResponse =>
  json(200, value, { 'content-type': 'application/x-amz-json-1.0' });

const refuse = (type: string, message: string): StandInResponse =>
  json(400, { __type: type, message }, { 'content-type': 'application/x-amz-json-1.0' });

const valueAt = (line: object, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], line);

/** One comparison of a filter pattern. Source: CloudWatch Logs user guide, "Filter pattern syntax": a missing field matches nothing. */
function isTrue(term: string, line: object): boolean {
  const [, path = '', operator, text] = /\$\.([\w.]+)\s*(!?=)\s*"([^"]*)"/.exec(term) ?? [];
  const value = valueAt(line, path);
  if (value === undefined) return false;
  return operator === '=' ? value === text : value !== text;
}

/** A filter pattern over JSON lines, an "or" of "and"s. */
const matches = (pattern: string, line: object): boolean =>
  pattern.split('||').some((terms) => terms.split('&&').every((term) => isTrue(term, line)));

/** One event a page, so that clients have to turn pages. */
function filterLogEvents(logs: readonly LogLine[], request: Record<string, unknown>): StandInResponse {
  const { startTime, filterPattern, nextToken } = request;
  const found = logs.filter(
    ({ at, line }) => at * 1000 >= Number(startTime) && matches(String(filterPattern), line),
  );
  const position = Number(nextToken ?? 0);
  const shown = found.slice(position, position + 1);
  return reply({
    events: shown.map(({ at, line }) => ({ timestamp: at * 1000, message: JSON.stringify(line) })),
    ...(position + 1 < found.length && { nextToken: String(position + 1) }),
  });
}

const executionArn = (name: string) => `arn:aws:states:us-east-1:123456789012:execution:Backfill:${name}`;

/** Answers a call by its target, such as `AWSStepFunctions.StartExecution`. */
export function answerJson(target: string, body: string, account: Account): StandInResponse {
  const request = JSON.parse(body) as Record<string, unknown>;
  const { stateMachine, started } = account;
  const [now] = stateMachine.script.running;
  switch (target.replace(/^.*\./, '')) {
    case 'FilterLogEvents':
      return filterLogEvents(account.logs, request);
    case 'DescribeAlarms':
      return reply({
        MetricAlarms: account.alarms
          .filter(({ name }) => name.startsWith(String(request['AlarmNamePrefix'])))
          .map(({ name, description }) => ({
            AlarmName: name,
            AlarmDescription: description,
            StateValue: 'ALARM',
          })),
      });
    case 'DescribeStateMachine':
      return reply({ definition: JSON.stringify(stateMachine.definition) });
    case 'ListExecutions':
      return reply({
        executions: stateMachine.atWork.map((name) => ({
          name,
          executionArn: executionArn(name),
          status: 'RUNNING',
        })),
      });
    case 'StartExecution':
      started.push(JSON.parse(String(request['input'])));
      return reply({ executionArn: executionArn(String(request['name'])), startDate: 1 });
    case 'DescribeExecution': {
      if (now) return reply({ executionArn: request['executionArn'], status: 'RUNNING' });
      const { end } = stateMachine.script;
      return reply('output' in end ? { ...end, output: JSON.stringify(end.output) } : end);
    }
    case 'ListMapRuns':
      return reply({ mapRuns: [{ mapRunArn: 'arn:map-run', executionArn: request['executionArn'] }] });
    case 'DescribeMapRun':
      stateMachine.script.running.shift();
      return reply({ mapRunArn: 'arn:map-run', itemCounts: now });
    default:
      return refuse('UnknownOperationException', `Unknown: ${target}`);
  }
}
