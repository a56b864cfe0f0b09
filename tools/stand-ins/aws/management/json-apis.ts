import { json, type StandInResponse } from '../../http-server.ts';
import { type Account, type DeployedStateMachine, REGION_ACCOUNT } from './account.ts';

/** CloudWatch, CloudWatch Logs and Step Functions, which speak AWS's JSON protocols. */

type Request = Readonly<Record<string, unknown>>;

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

function filterLogEvents({ logs, logEventsPerPage }: Account, request: Request): StandInResponse {
  const { startTime, filterPattern, nextToken } = request;
  const found = logs.filter(
    ({ at, line }) => at * 1000 >= Number(startTime) && matches(String(filterPattern), line),
  );
  const position = Number(nextToken ?? 0);
  const end = position + logEventsPerPage;
  return reply({
    events: found
      .slice(position, end)
      .map(({ at, line }) => ({ timestamp: at * 1000, message: JSON.stringify(line) })),
    ...(end < found.length && { nextToken: String(end) }),
  });
}

function describeAlarms({ alarms }: Account, request: Request): StandInResponse {
  return reply({
    MetricAlarms: alarms
      .filter(({ name }) => name.startsWith(String(request['AlarmNamePrefix'])))
      .map(({ name, description }) => ({
        AlarmName: name,
        AlarmDescription: description,
        StateValue: 'ALARM',
      })),
  });
}

const { region, account } = REGION_ACCOUNT;
const executionArn = (name: string) => `arn:aws:states:${region}:${account}:execution:Backfill:${name}`;
const mapRunArn = (name: string) => `arn:aws:states:${region}:${account}:mapRun:Backfill/Slices:${name}`;
const nameIn = (arn: unknown) => String(arn).split(':').at(-1) ?? '';

/** The execution's own input and output are JSON texts within JSON. */
function answerStepFunctions(
  operation: string,
  request: Request,
  machine: DeployedStateMachine,
): StandInResponse {
  switch (operation) {
    case 'DescribeStateMachine':
      return reply({ definition: JSON.stringify(machine.definition) });
    case 'ListExecutions':
      return reply({
        executions: machine
          .running()
          .map((name) => ({ name, executionArn: executionArn(name), status: 'RUNNING' })),
      });
    case 'StartExecution': {
      const name = String(request['name']);
      machine.start(name, JSON.parse(String(request['input'])));
      return reply({ executionArn: executionArn(name), startDate: Date.now() / 1000 });
    }
    case 'DescribeExecution': {
      const status = machine.look(nameIn(request['executionArn']));
      if (!status) return refuse('ExecutionDoesNotExist', 'There is no such execution.');
      return reply('output' in status ? { ...status, output: JSON.stringify(status.output) } : status);
    }
    case 'ListMapRuns': {
      const name = nameIn(request['executionArn']);
      return reply({ mapRuns: [{ mapRunArn: mapRunArn(name), executionArn: executionArn(name) }] });
    }
    case 'DescribeMapRun':
      return reply({
        mapRunArn: request['mapRunArn'],
        itemCounts: machine.items(nameIn(request['mapRunArn'])),
      });
    default:
      return refuse('UnknownOperationException', `Unknown: ${operation}`);
  }
}

/** Answers a call by its target, such as `AWSStepFunctions.StartExecution`. */
export function answerJson(target: string, body: string, account: Account): StandInResponse {
  const request = JSON.parse(body) as Request;
  const operation = target.replace(/^.*\./, '');
  switch (operation) {
    case 'FilterLogEvents':
      return filterLogEvents(account, request);
    case 'DescribeAlarms':
      return describeAlarms(account, request);
    default:
      return answerStepFunctions(operation, request, account.stateMachine);
  }
}
