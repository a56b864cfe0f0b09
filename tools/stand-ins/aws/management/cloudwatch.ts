import type { StandInResponse } from '../../http-server.ts';
import { type Account, ALARM_TOPIC } from './account.ts';
import { type JsonRequest, reply } from './json-protocol.ts';

/** CloudWatch and CloudWatch Logs: alarms, and the lines of the function's log. */

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

export function filterLogEvents({ logs, logEventsPerPage }: Account, request: JsonRequest): StandInResponse {
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

/** The alarms of the given names. */
export function describeAlarms({ alarms }: Account, request: JsonRequest): StandInResponse {
  const names = request['AlarmNames'] as readonly string[];
  const described = (isComposite: boolean) =>
    alarms
      .filter((alarm) => names.includes(alarm.name) && Boolean(alarm.isComposite) === isComposite)
      .map(({ name, description, state = 'ALARM', actions = [ALARM_TOPIC] }) => ({
        AlarmName: name,
        AlarmDescription: description,
        StateValue: state,
        AlarmActions: actions,
      }));
  return reply({ MetricAlarms: described(false), CompositeAlarms: described(true) });
}
