import { type Command, Option } from 'commander';
import { countArgument, timeArgument } from '../../cli/arguments.ts';
import { stackAction } from '../run-command.ts';

const DEFAULT_SINCE = '3h';
const DEFAULT_LIMIT = 20;

export function addTail(program: Command): void {
  program
    .command('tail')
    .description('show the last runs: what they forwarded, and why they failed')
    .addOption(
      new Option('--since <time>', 'how far back, such as 15m, 3h or 2d, or an ISO 8601 time')
        .argParser(timeArgument)
        .default(timeArgument(DEFAULT_SINCE), DEFAULT_SINCE),
    )
    .option('--limit <count>', 'show at most this many, the newest', countArgument, DEFAULT_LIMIT)
    .option('--failed', 'only runs that failed or were killed')
    .option('--follow', 'continue with each new run')
    .action(stackAction(async () => (await import('../tail.ts')).tail));
}
