import type { Stream } from '../../lambda/contract.ts';
import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { HOUR_SECONDS } from '../../lambda/limits.ts';
import { ENDPOINT_OF } from '../../lambda/settings/api-profile.ts';
import { StateError } from '../../lambda/shared/errors.ts';
import { count, counted, duration, utc } from '../cli/format.ts';
import type { AwsClients } from './aws.ts';
import { ASSUMED_PAGE_SIZE, aboutDollars } from './backfill.ts';
import { estimateBackfill } from './backfill-estimate.ts';
import { type LedgerSize, ledgerSize } from './ledger-size.ts';
import type { DeployedFunction } from './stack.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/** The size of the ledger, on which the estimate is based; undefined when these credentials may not read it. */
async function readLedger(
  aws: AwsClients,
  stack: ForwarderStack,
  stream: Stream,
): Promise<LedgerSize | undefined> {
  try {
    return await ledgerSize(aws, stack, stream);
  } catch (error) {
    if (error instanceof StateError) return undefined;
    throw error;
  }
}

/** What it costs to read a range again, in a sentence. */
function costText(
  { config, memoryMiB }: DeployedFunction,
  stream: Stream,
  { from, to }: Range,
  perHour: number,
): string {
  const hours = Math.ceil((to - from) / HOUR_SECONDS);
  const plan = {
    hours,
    slices: hours,
    records: Math.round(perHour * hours),
    pageSize: config.valence.profile[ENDPOINT_OF[stream]].pageSize ?? ASSUMED_PAGE_SIZE,
    concurrency: config.parallelSlices,
    memoryMiB,
  };
  const { pages, seconds, usd } = estimateBackfill(plan);
  const records = perHour > 0 ? `${counted(plan.records, 'record')} in ` : '';
  const unknown =
    perHour > 0
      ? ''
      : ' How many records there are is not known, because the ledger holds none or cannot be read.';
  return `The runs would read ${duration(to - from)} again: about ${records}${counted(pages, 'request')} to Valence, ${duration(seconds)} of the function and ${aboutDollars(usd.sum - usd.stepFunctions)} in AWS.${unknown}`;
}

/** What of a range would be sent a second time, in a sentence. */
function repeatText({ from, to }: Range, ledgerFrom: number, perHour: number): string {
  const end = Math.min(ledgerFrom, to);
  if (from >= end) return 'What the ledger holds is not sent again, and it reaches back that far.';
  const records = Math.round((perHour * (end - from)) / HOUR_SECONDS);
  const how = records > 0 ? `, about ${count(records)}` : '';
  return `The ledger may have lost what is older than ${utc(ledgerFrom)}: the records of ${duration(end - from)}${how}, would be sent again, marked possible_duplicate, and Datadog bills them again.`;
}

/**
 * What it costs to set a watermark back, and what Datadog would get a second time, in sentences.
 * @param range that would be read again, epoch seconds
 * @param ledgerFrom records before this may have left the ledger, epoch seconds
 */
export async function rereadText(
  aws: AwsClients,
  stack: ForwarderStack,
  fn: DeployedFunction,
  stream: Stream,
  range: Range,
  ledgerFrom: number,
): Promise<string> {
  const ledger = await readLedger(aws, stack, stream);
  const perHour = ledger && ledger.hours > 0 ? ledger.entries / ledger.hours : 0;
  return `${costText(fn, stream, range, perHour)} ${repeatText(range, ledgerFrom, perHour)}`;
}
