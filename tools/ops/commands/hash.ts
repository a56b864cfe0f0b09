import type { Command } from 'commander';
import { stackAction } from '../run-command.ts';

export function addHash(program: Command): void {
  program
    .command('hash <value>')
    .description('print the hash that logs show in place of a value, for a search in Datadog')
    .action(stackAction(async () => (await import('../hash.ts')).hash));
}
