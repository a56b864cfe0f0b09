import type { Command } from 'commander';
import type { Stream } from '../../../lambda/contract.ts';
import { streamOption } from '../../cli/arguments.ts';
import { stackAction } from '../run-command.ts';

export function addState(program: Command): void {
  program
    .command('state')
    .description('change the layout of the stored state')
    .command('downgrade')
    .description('rewrite the state of a stream for the former version of the forwarder')
    .addOption(streamOption())
    .option('--yes', 'do it; without this nothing is changed')
    .action(
      stackAction<{ stream: Stream; yes?: boolean }>(async () => {
        const { downgradeState } = await import('../downgrade.ts');
        return (aws, stack, { stream, yes = false }, output) =>
          downgradeState(aws, stack, { stream, confirmed: yes }, output);
      }),
    );
}
