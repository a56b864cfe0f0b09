import { Command, Option } from 'commander';
import { VERSION } from '../../lambda/shared/version.ts';
import { oneMore } from '../cli/arguments.ts';
import { type Example, withExamples } from '../cli/help.ts';
import { runTool } from '../cli/tool.ts';
import { addBackfill } from './commands/backfill.ts';
import { addDoctor } from './commands/doctor.ts';
import { addHash } from './commands/hash.ts';
import { addReplay } from './commands/replay.ts';
import { addState } from './commands/state.ts';
import { addStatus } from './commands/status.ts';
import { addTail } from './commands/tail.ts';
import { addWatermark } from './commands/watermark.ts';

/** Entry of `npm run ops`. */

const EXAMPLES: readonly Example[] = [
  ['npm run ops -- doctor', 'what is wrong, and how to fix it'],
  ['npm run ops -- status --watch', 'the progress of each stream, every 10 seconds'],
  ['npm run ops -- tail --since 1d --failed', 'runs that failed since yesterday'],
  [
    'npm run ops -- backfill --stream alerts --from 2026-01-01 --to 2026-02-01 --dry-run',
    'how long a month would take, and what it would cost',
  ],
  ['npm run ops -- replay --dry-run', 'what is in quarantine, and why'],
  [
    'npm run ops -- watermark set --stream alerts --to 2026-01-31T12:00Z --yes',
    'read again from there; the ledger prevents duplicates',
  ],
  [
    'npm run ops -- state downgrade --stream alerts',
    'prepare the return to the former version of the forwarder',
  ],
  ['npm run ops -- hash ada@example.com', 'what logs show in place of a value that redact hashes'],
  ['npm run ops -- status --local', 'the forwarder that "npm start -- --stay" runs on this machine'],
  [
    'npm run ops -- status --stack ValenceForwarder-acme --region eu-west-1 --profile production --json',
    'one of several forwarders, as JSON',
  ],
];

const NOTE =
  'Uses the AWS credentials of this shell. No command asks a question: what needs a confirmation has an option for it. The exit code is 1 when a command failed or found a problem. For what to do when, see docs/operations.md.';

const program = new Command('npm run ops --')
  .description('Operates a deployed forwarder.')
  .version(VERSION)
  .option(
    '--stack <name>',
    'stack of the forwarder, or STACK/PREFIX if it has several (default: the only one of the region)',
  )
  .option(
    '--region <name>',
    'AWS region (default: AWS_REGION, awsRegion in cdk.json, or that of the profile)',
  )
  .option('--profile <name>', 'AWS profile')
  .addOption(
    new Option(
      '--local',
      'the forwarder that "npm start -- --stay" runs on this machine, instead of AWS',
    ).conflicts(['region', 'profile']),
  )
  .option(
    '--existing <id>',
    'a table, bucket or secret that the stack uses and that existed before it; may be repeated',
    oneMore,
  )
  .option('--json', 'print one line of JSON')
  .configureHelp({ showGlobalOptions: true });

withExamples(program, EXAMPLES, NOTE);

for (const add of [addDoctor, addStatus, addBackfill, addReplay, addTail, addWatermark, addState, addHash])
  add(program);

await runTool(program);
