import type { Command } from 'commander';
import { countArgument, streamOption, TIME_FORMS, timeArgument } from '../../cli/arguments.ts';
import { OpsError } from '../ops-error.ts';
import { stackAction } from '../run-command.ts';

/** @throws {OpsError} `backfill-range` when a range ends before it begins */
function assertOrder({ from, to }: { from: number; to: number }): void {
  if (from >= to) throw new OpsError('backfill-range', '--from is not before --to.', 'Correct the range.');
}

export function addBackfill(program: Command): void {
  program
    .command('backfill')
    .description(
      'forward the records of a past range that Datadog does not have, through the state machine of the stack',
    )
    .addOption(streamOption())
    .requiredOption('--from <time>', TIME_FORMS, timeArgument)
    .requiredOption('--to <time>', `${TIME_FORMS}; the range ends before it`, timeArgument)
    .option('--records <count>', 'how many records to expect, for the estimate', countArgument)
    .option('--dry-run', 'show the plan, its time and its cost; start nothing')
    .option('--detach', 'start it and do not wait for its end')
    .action(stackAction(async () => (await import('../backfill.ts')).backfill, assertOrder));
}
