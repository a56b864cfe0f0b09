import type { Command } from 'commander';
import { stackAction } from '../run-command.ts';

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description(
      'send quarantined records again; each object is deleted once Datadog has accepted its record',
    )
    .option('--prefix <prefix>', 'only objects below this prefix, such as alerts/2026/01/', '')
    .option(
      '--accept-unsigned',
      'also send objects without a signature, which earlier versions wrote; nothing shows who wrote them',
    )
    .option('--dry-run', 'only show how many objects there are, and why')
    .action(stackAction(async () => (await import('../replay.ts')).replay));
}
