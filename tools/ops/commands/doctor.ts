import type { Command } from 'commander';
import { destinationArgument, oneMore } from '../../cli/arguments.ts';
import { fitted } from '../../cli/width.ts';
import { WHICH_DOCTOR } from '../../doctor/which-doctor.ts';
import { action } from '../run-command.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check credentials, stack, keys, services, API profile, state, schedule and alarms')
    .option(
      '--send-keys-to <destination>',
      'an address that may get keys from here, if the function has one of your own for Valence, Datadog or its proxy, or a request of your own to Valence, as this command prints it; may be repeated',
      (text: string, others?: readonly string[]) => oneMore(destinationArgument(text), others),
    )
    .addHelpText('after', () => `\n${fitted(WHICH_DOCTOR)}`)
    .action(
      action<{ sendKeysTo?: readonly string[] }>(async () => {
        const { doctor } = await import('../doctor.ts');
        return ({ aws, output, isLocal, ...choice }, { sendKeysTo = [] }) =>
          doctor(aws, { ...choice, destinations: { named: sendKeysTo, isLocal } }, output);
      }),
    );
}
