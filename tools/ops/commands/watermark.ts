import type { Command } from 'commander';
import type { Stream } from '../../../lambda/contract.ts';
import { streamOption, TIME_FORMS, timeArgument } from '../../cli/arguments.ts';
import { stackAction } from '../run-command.ts';

export function addWatermark(program: Command): void {
  program
    .command('watermark')
    .description('move the watermark of a stream by hand')
    .command('set')
    .description('set the watermark; an earlier time reads again, a later time skips')
    .addOption(streamOption())
    .requiredOption('--to <time>', TIME_FORMS, timeArgument)
    .option(
      '--accept-loss',
      'skip the records in between and the holes below the new watermark: they are then never forwarded',
    )
    .option('--yes', 'do it; without this nothing is changed')
    .action(
      stackAction<{ stream: Stream; to: number; acceptLoss?: boolean; yes?: boolean }>(async () => {
        const { setWatermark } = await import('../watermark.ts');
        return (aws, stack, { stream, to, acceptLoss = false, yes = false }, output) =>
          setWatermark(aws, stack, { stream, to, acceptLoss, confirmed: yes }, output);
      }),
    );
}
