import type { Command } from 'commander';
import { lengthArgument } from '../../cli/arguments.ts';
import { action } from '../run-command.ts';

const DEFAULT_WATCH_SECONDS = 10;

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('show the progress of every stream of every tenant; the exit code is 1 when one is critical')
    .option(
      '--watch [length]',
      `repeat every ${DEFAULT_WATCH_SECONDS} seconds, or as often as given: 30, 1m`,
      lengthArgument,
    )
    .action(
      action<{ watch?: number | true }>(async () => {
        const [{ findForwarders }, { status }] = await Promise.all([
          import('../stack.ts'),
          import('../status.ts'),
        ]);
        return async ({ aws, output, stackName }, { watch }) => {
          const seconds = watch === true ? DEFAULT_WATCH_SECONDS : watch;
          return status(aws, await findForwarders(aws, stackName), { watch: seconds }, output);
        };
      }),
    );
}
