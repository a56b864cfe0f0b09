import { MAX_SLICES } from '../../infra/backfill-definition.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import type { BackfillRequest } from '../../lambda/forwarder/core/runs/backfill.ts';
import { HOUR_SECONDS } from '../../lambda/limits.ts';
import { ENDPOINT_OF } from '../../lambda/settings/api-profile.ts';
import { count, counted, duration, utc } from '../cli/format.ts';
import type { Output } from '../cli/output.ts';
import { withProgress } from '../cli/progress.ts';
import { table } from '../cli/table.ts';
import type { AwsClients } from './aws.ts';
import { type BackfillEstimate, type BackfillPlan, estimateBackfill } from './backfill-estimate.ts';
import { type BackfillResult, concurrencyOf, followBackfill, startBackfill } from './backfill-execution.ts';
import { ledgerSize } from './ledger-size.ts';
import { OpsError } from './ops-error.ts';
import { type DeployedFunction, readFunction } from './stack.ts';
import type { ForwarderStack } from './stack-outputs.ts';

export interface BackfillOptions extends BackfillRequest {
  dryRun?: boolean;
  /** Start it and do not wait for its end. */
  detach?: boolean;
  /** How many records to expect; estimated by the ledger when left out. */
  records?: number | undefined;
}

/** When the server decides, as it does where the profile names no page size. */
export const ASSUMED_PAGE_SIZE = 100;

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
      `No scheduled run has read ${stream} yet, so it is unknown which range belongs to it.`,
      'Wait for the first scheduled run, then start the backfill.',
    );
  }
  if (from >= state.finalWatermark) {
    throw new OpsError(
      'backfill-range',
      `The scheduled run forwards everything from ${utc(state.finalWatermark)} on.`,
      'Give an earlier --from. Newer records need no backfill.',
    );
  }
  return { request: { stream, from, to: Math.min(to, state.finalWatermark) }, askedTo: to };
}

interface Planned extends BackfillPlan {
  /** The basis of the number of records. */
  basis: string;
}

function basisOf(given: number | undefined, perHour: number): string {
  if (given !== undefined) return '--records';
  return perHour > 0
    ? `the ledger, ${count(Math.round(perHour))} an hour; give --records for a better estimate`
    : 'an empty ledger, which allows no estimate: give --records';
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
  const { pageSize } = config.valence.profile[ENDPOINT_OF[stream]];
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

/** An estimated amount: `about 1.20 US dollars`. */
export function aboutDollars(value: number): string {
  const amount = dollars(value);
  return `${amount.startsWith('under') ? amount : `about ${amount}`} US dollars`;
}

function planText(
  { stream, from, to }: BackfillRequest,
  askedTo: number,
  plan: Planned,
  { pages, seconds, usd }: BackfillEstimate,
): string {
  const cut =
    to < askedTo ? ` (you asked for ${utc(askedTo)}; later records belong to the scheduled run)` : '';
  return [
    `${stream} from ${utc(from)} to ${utc(to)}${cut}`,
    table(undefined, [
      [
        'slices',
        `${count(plan.slices)}, ${plan.concurrency} concurrently, covering ${counted(plan.hours, 'whole hour')}`,
      ],
      ['records', `about ${count(plan.records)} (from ${plan.basis})`],
      ['requests to Valence', `about ${count(pages)}, pages of ${count(plan.pageSize)}`],
      ['time', `about ${duration(seconds)}`],
      [
        'cost in AWS',
        `${aboutDollars(usd.sum)}: Lambda ${dollars(usd.lambda)}, DynamoDB ${dollars(usd.dynamoDb)}, Step Functions ${dollars(usd.stepFunctions)}, traffic ${dollars(usd.traffic)}`,
      ],
    ]),
    'Datadog bills these logs as any others. Nothing was started.',
  ].join('\n');
}

function resultText({ slices, done, forwarded, duplicates, quarantined, failures }: BackfillResult): string {
  const lines = [
    `${count(done)} of ${counted(slices, 'slice')} done: ${counted(forwarded, 'record')} forwarded, ${counted(duplicates, 'duplicate')} skipped, ${count(quarantined)} quarantined.`,
    ...failures.map(
      ({ from, to, failure }) => `  ${utc(from)} to ${utc(to)}: ${failure.error}: ${failure.cause}`,
    ),
    ...(done < slices
      ? ['Fix the cause, then start it again with the same command: forwarded records are not sent twice.']
      : []),
  ];
  return lines.join('\n');
}

/**
 * Backfills a range through the stack's state machine and follows it until it ends.
 * @returns whether every slice is done
 * @throws {OpsError} when the range cannot be backfilled, or the execution itself fails
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
      'Deploy this version (npx cdk deploy --all).',
    );
  }
  const { request, askedTo } = await checkedRange(aws, stack, options);
  if (options.dryRun) {
    const fn = await readFunction(aws, stack);
    const plan = await planOf(aws, stack, fn, stateMachine, request, options.records);
    const estimate = estimateBackfill(plan);
    output.result(
      { stack: stack.name, ...request, askedTo, ...plan, ...estimate },
      planText(request, askedTo, plan, estimate),
    );
    return true;
  }
  if (request.to < askedTo) {
    output.print(`The backfill ends at ${utc(request.to)}: later records belong to the scheduled run.`);
  }
  const { arn, found } = await startBackfill(aws, stateMachine, request, askedTo);
  output.print(
    // `3d` would be another range the next time, and so another execution.
    `${found ? 'Following' : 'Started'} ${arn}. It continues without this command. To follow it again: npm run ops -- backfill --stream ${request.stream} --from ${utc(request.from)} --to ${utc(askedTo)}`,
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
        progress = `: ${count(ended)} of ${counted(total, 'slice')}`;
      }),
    done: () => `Ended the backfill of ${request.stream}`,
  });
  output.result({ stack: stack.name, ...request, execution: arn, ...result }, resultText(result));
  return result.done === result.slices;
}
