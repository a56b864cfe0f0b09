import { count, duration } from '../../../tools/cli/format.ts';
import { table } from '../../../tools/cli/table.ts';
import { isExact, type YearOutcome } from './simulate-year.ts';
import type { YearSettings } from './world.ts';

const usd = (value: number) => value.toFixed(2);

/** The outcome as text, next to the estimate of a dry run. */
export function yearReport(settings: YearSettings, outcome: YearOutcome, realSeconds: number): string {
  const { result, exactness, estimate } = outcome;
  const rows: [string, string, string][] = [
    ['time', duration(outcome.seconds), duration(estimate.seconds)],
    ['invocations', count(outcome.invocations), count(result.slices)],
    ['requests to Valence', count(outcome.sourceRequests), count(estimate.pages)],
    ['posts to Datadog', count(outcome.posts), ''],
    ['Lambda, busy', duration(outcome.billedSeconds), duration(estimate.seconds * settings.concurrency)],
    ['write units of DynamoDB', count(outcome.writeUnits), ''],
    ['read units of DynamoDB', count(outcome.readUnits), ''],
    ['objects put into S3', count(outcome.quarantinePuts), ''],
    ['transitions of Step Functions', count(outcome.transitions), ''],
    ['traffic, compressed', `${outcome.postedGb.toFixed(2)} GB`, ''],
    ['US dollars: Lambda', usd(outcome.usd.lambda), usd(estimate.usd.lambda)],
    ['  DynamoDB', usd(outcome.usd.dynamoDb), usd(estimate.usd.dynamoDb)],
    ['  Step Functions', usd(outcome.usd.stepFunctions), usd(estimate.usd.stepFunctions)],
    ['  traffic', usd(outcome.usd.traffic), usd(estimate.usd.traffic)],
    ['  sum', usd(outcome.usd.sum), usd(estimate.usd.sum)],
  ];
  const again = outcome.executions > 1 ? ` It was started ${outcome.executions} times.` : '';
  const killed = outcome.killed > 0 ? ` ${count(outcome.killed)} invocations died.` : '';
  return `
${table(['the year', 'simulated', 'as a dry run estimates it'], rows)}

${count(result.done)} of ${count(result.slices)} slices are done, the busiest hour with ${count(outcome.busiestHour)} records.${again}${killed}
Of ${count(outcome.records)} records ${count(exactness.missing)} are missing and ${count(exactness.quarantined)} are in quarantine; ${count(exactness.repeated)} were repeated, of ${count(exactness.inDoubt)} that may be.
The state of the live run is ${outcome.liveStateUntouched ? 'untouched' : 'CHANGED'}.
${isExact(outcome) ? 'Exact.' : 'NOT EXACT.'}

Simulated in ${duration(realSeconds)}; this process took ${count(outcome.peakMemoryMiB)} MiB at most, ${count(outcome.ledgerMiB)} of them the ledger that DynamoDB would hold.`.trimStart();
}
