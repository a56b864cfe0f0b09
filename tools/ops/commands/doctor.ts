import type { Command } from 'commander';
import { action } from '../run-command.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check credentials, stack, keys, services, API profile, state, schedule and alarms')
    .action(
      action(async () => {
        const { doctor } = await import('../doctor.ts');
        return ({ aws, output, stackName }) => doctor(aws, stackName, output);
      }),
    );
}
