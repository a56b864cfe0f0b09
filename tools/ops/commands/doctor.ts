import type { Command } from 'commander';
import { originArgument } from '../../cli/arguments.ts';
import { action } from '../run-command.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check credentials, stack, keys, services, API profile, state, schedule and alarms')
    .option(
      '--send-keys-to <origin>',
      'an address that may get keys from here, if the function has one of your own for Valence, Datadog or its proxy; may be repeated',
      (origin: string, others: readonly string[]) => [...others, originArgument(origin)],
      [],
    )
    .action(
      action<{ sendKeysTo: readonly string[] }>(async () => {
        const { doctor } = await import('../doctor.ts');
        return ({ aws, output, stackName }, { sendKeysTo }) => doctor(aws, { stackName, sendKeysTo }, output);
      }),
    );
}
