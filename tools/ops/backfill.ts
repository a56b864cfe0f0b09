import { MAX_SLICES } from '../../infra/backfill-definition.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import type { BackfillRequest } from '../../lambda/forwarder/core/runs/backfill.ts';
import { HOUR_SECONDS } from '../../lambda/limits.ts';
import { count, duration, utc } from '../cli/format.ts';
import type { Output } from '../cli/output.ts';
import { withProgress } from '../cli/progress.ts';
import { table } from '../cli/table.ts';
import type { AwsClients } from './aws.ts';
import { type BackfillEstimate, type BackfillPlan, estimateBackfill } from './backfill-estimate.ts';
import { type BackfillResult, concurrencyOf, followBackfill, startBackfill } from './backfill-execution.ts';
import { ledgerSize } from './ledger-size.ts';
import { OpsError } from './ops-error.ts';
import { type DeployedFunction, type ForwarderStack, readFunction } from './stack.ts';

export interface BackfillOptions extends BackfillRequest {
  dryRun?: boolean;
  /** Start it and leave it alone. */
  detach?: boolean;
  /** How many records to expect; estimated by the ledger when left out. */
  records?: number | undefined;
}

/** When the server decides, as it does where the profile names no page size. */
const ASSUMED_PAGE_SIZE = 100;

/** @throws {OpsError} `backfill-range` or `state-none` */
async function checkedRange(
  aws: AwsClients,
  stack: ForwarderStack,
  { stream, from, to }: BackfillOptions,
): Promise<{ request: BackfillRequest; askedTo: number }> {
  const state = await dynamoStateStore({ client: aws.dynamo, table: stack.table }).read(stream);
  if (!state) {
    throw new OpsError(
      'state-none',
      `The live run has never served ${stream}, so nobody knows which times are its own.`,
      'Let the scheduled run go through once, then start the backfill.',
    );
  }
  if (from >= state.finalWatermark) {
    throw new OpsError(
      'backfill-range',
      `The live run has everything from ${utc(state.finalWatermark)} on in its own hands.`,
      'Give a --from before that. What is newer needs no backfill.',
    );
  }
  return { request: { stream, from, to: Math.min(to, state.finalWatermark) }, askedTo: to };
}

interface Planned extends BackfillPlan {
  /** What the number of records was taken from. */
  basis: string;
}

function basisOf(given: number | undefined, perHour: number): string {
  if (given !== undefined) return '--records';
  return perHour > 0
    ? `the ledger, ${count(Math.round(perHour))} an hour; --records tells it better`
    : 'an empty ledger, which tells nothing: give --records';
}

async function planOf(
  aws: AwsClients,
  stack: ForwarderStack,
  { config, memoryMiB }: DeployedFunction,
  stateMachine: string,
  { stream, from, to }: BackfillRequest,
  given: number | undefined,
): Promise<Planned> {
  const [concurrency, ledger] = await Promise.all([
    concurrencyOf(aws, stateMachine),
    given === undefined ? ledgerSize(aws, stack, stream) : undefined,
  ]);
  const hours = Math.ceil(to / HOUR_SECONDS) - Math.floor(from / HOUR_SECONDS);
  const each = Math.ceil(hours / MAX_SLICES);
  const perHour = ledger && ledger.hours > 0 ? ledger.entries / ledger.hours : 0;
  const { pageSize } = stream === 'alerts' ? config.valence.profile.alerts : config.valence.profile.auditLogs;
  return {
    hours,
    slices: Math.ceil(hours / each),
    records: given ?? Math.round(perHour * hours),
    basis: basisOf(given, perHour),
    pageSize: pageSize ?? ASSUMED_PAGE_SIZE,
    concurrency,
    memoryMiB,
  };
}

const dollars = (value: number) => (value < 0.01 ? 'under 0.01' : value.toFixed(2));
const about = (text: string) => (text.startsWith('under') ? text : `about ${text}`);

function shownPlan(
  { stream, from, to }: BackfillRequest,
  askedTo: number,
  plan: Planned,
  { pages, seconds, usd }: BackfillEstimate,
): string {
  const cut = to < askedTo ? ` (asked ${utc(askedTo)}; later records belong to the live run)` : '';
  return [
    `${stream} from ${utc(from)} to ${utc(to)}${cut}`,
    table(undefined, [
      [
        'slices',
        `${count(plan.slices)}, ${plan.concurrency} side by side, of ${count(plan.hours)} whole hours`,
      ],
      ['records', `about ${count(plan.records)} (by ${plan.basis})`],
      ['requests to Valence', `about ${count(pages)}, pages of ${count(plan.pageSize)}`],
      ['time', `about ${duration(seconds)}`],
      [
        'cost in AWS',
        `${about(dollars(usd.sum))} US dollars: Lambda ${dollars(usd.lambda)}, DynamoDB ${dollars(usd.dynamoDb)}, Step Functions ${dollars(usd.stepFunctions)}, traffic ${dollars(usd.traffic)}`,
      ],
    ]),
    'Datadog bills the logs as any others. Nothing was started.',
  ].join('\n');
}

function shownResult({ slices, done, forwarded, duplicates, quarantined, failures }: BackfillResult): string {
  const lines = [
    `${count(done)} of ${count(slices)} slices done: ${count(forwarded)} records forwarded, ${count(duplicates)} were there already, ${count(quarantined)} quarantined.`,
    ...failures.map(
      ({ from, to, failure }) => `  ${utc(from)} to ${utc(to)}: ${failure.error}: ${failure.cause}`,
    ),
    ...(done < slices
      ? ['Mend the cause, then start it again with the same command: nothing is sent twice.']
      : []),
  ];
  return lines.join('\n');
}

/**
 * Fills a range of the past through the stack's state machine and follows it to its end.
 * @returns whether every slice is done
 * @throws {OpsError} when there is no such range, or the execution itself fails
 */
export async function backfill(
  aws: AwsClients,
  stack: ForwarderStack,
  options: BackfillOptions,
  output: Output,
): Promise<boolean> {
  const stateMachine = stack.backfill;
  if (!stateMachine) {
    throw new OpsError(
      'backfill-not-deployed',
      `The stack ${stack.name} has no state machine for backfills.`,
      'Deploy this version (npx cdk deploy).',
    );
  }
  const { request, askedTo } = await checkedRange(aws, stack, options);
  if (options.dryRun) {
    const fn = await readFunction(aws, stack);
    const plan = await planOf(aws, stack, fn, stateMachine, request, options.records);
    const estimate = estimateBackfill(plan);
    output.result(
      { stack: stack.name, ...request, askedTo, ...plan, ...estimate },
      shownPlan(request, askedTo, plan, estimate),
    );
    return true;
  }
  if (request.to < askedTo) {
    output.print(`Ends at ${utc(request.to)}: what is later belongs to the live run.`);
  }
  const { arn, found } = await startBackfill(aws, stateMachine, request, askedTo);
  output.print(
    `${found ? 'Following' : 'Started'} ${arn}. It goes on by itself; the same command follows it again.`,
  );
  if (options.detach) {
    output.result({ stack: stack.name, ...request, execution: arn }, arn);
    return true;
  }
  let progress = '';
  const result = await withProgress({
    text: () => `Filling ${request.stream}${progress}`,
    work: () =>
      followBackfill(aws, arn, (ended, total) => {
        progress = `: ${count(ended)} of ${count(total)} slices`;
      }),
  });
  output.result({ stack: stack.name, ...request, execution: arn, ...result }, shownResult(result));
  return result.done === result.slices;
}
