import { type ILogGroup, QueryDefinition, QueryString, type QueryStringProps } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { LogEvent } from '../../../lambda/contract.ts';

const NEWEST_FIRST = '@timestamp desc';
const LIMIT = 200;

/** Placeholder for the id of a run in the query; a failed run's error and every log line contain the id. */
const RUN_ID = 'paste-the-run-id';

const isEvent = (event: LogEvent) => `event = "${event}"`;

/** Queries of CloudWatch Logs Insights, by name. docs/metrics.md describes the lines that they read. */
const QUERIES: Readonly<Record<string, QueryStringProps>> = {
  'Errors by stream': {
    filterStatements: [isEvent('stream-failed')],
    statsStatements: [
      'count(*) as runs, latest(error.message) as lastMessage, max(@timestamp) as lastSeen by stream, error.code',
    ],
    sort: 'runs desc',
  },
  'Slow pages': {
    fields: ['@timestamp', 'run_id', 'endpoint', 'tookMs', 'records'],
    filterStatements: [isEvent('slow-page')],
    sort: 'tookMs desc',
    limit: LIMIT,
  },
  'Slow runs': {
    fields: [
      '@timestamp',
      'run_id',
      'RunDuration / 1000 as seconds',
      'TimeLeft / 1000 as secondsLeft',
      'PagesFetched',
      'SourceErrors',
      'SinkErrors',
      'Throttled',
    ],
    filterStatements: ['ispresent(RunDuration)'],
    sort: 'seconds desc',
    limit: LIMIT,
  },
  Quarantined: {
    fields: ['@timestamp', 'run_id', 'stream', 'fingerprint', 'status', 'elements'],
    filterStatements: [`${isEvent('record-quarantined')} or ${isEvent('elements-unreadable')}`],
    sort: NEWEST_FIRST,
    limit: LIMIT,
  },
  'One run by id': {
    fields: ['@timestamp', 'level', 'event', 'message', 'stream', '@message'],
    // Lambda's own lines (start, report, uncaught errors) name the run as the request.
    filterStatements: [`run_id = "${RUN_ID}" or requestId = "${RUN_ID}" or record.requestId = "${RUN_ID}"`],
    sort: '@timestamp asc',
    limit: LIMIT,
  },
};

/** Saves the queries; the console lists them in a folder. @param label name of the folder */
export function saveQueries(scope: Construct, label: string, logGroup: ILogGroup): void {
  for (const [name, query] of Object.entries(QUERIES)) {
    new QueryDefinition(scope, name.replaceAll(' ', ''), {
      queryDefinitionName: `${label}/${name}`,
      queryString: new QueryString(query),
      logGroups: [logGroup],
    });
  }
}
