import { Command, Option } from 'commander';
import type { Stream } from '../../lambda/contract.ts';
import { countArgument, lengthArgument, streamArgument, timeArgument } from '../cli/arguments.ts';
import { type Output, outputFor } from '../cli/output.ts';
import { runTool } from '../cli/tool.ts';
import type { AwsClients } from './aws.ts';
import { OpsError } from './ops-error.ts';
import type { ForwarderStack } from './stack.ts';

/**
 * Entry of `npm run ops`. What talks to AWS takes a second and more to load: it is loaded once a command is to be carried out,
 * so that help and wrong arguments are told at once.
 */

const EXAMPLES = `
Examples:
  npm run ops -- doctor                       what is wrong, and how to mend it
  npm run ops -- status --watch               where each stream stands, again every 10 seconds
  npm run ops -- tail --since 1d --failed     runs that failed since yesterday
  npm run ops -- backfill --stream alerts --from 2026-01-01 --to 2026-02-01 --dry-run
                                              how long a month would take, and what it would cost
  npm run ops -- replay --dry-run             what is in quarantine, and why
  npm run ops -- watermark set --stream alerts --to 2026-01-31T12:00Z --yes
                                              read again from there; the ledger keeps doubles away
  npm run ops -- status --local               the same of the forwarder that "npm start -- --stay" keeps at work here
  npm run ops -- status --stack ValenceForwarder-acme --region eu-west-1 --profile production --json

Works with the AWS credentials of this shell. Nothing is ever asked: what needs a confirmation has a flag for it. The exit
code is 1 when something failed or is wrong. docs/operations.md goes through the situations of a year.
`;

const DEFAULT_WATCH_SECONDS = 10;
const DEFAULT_SINCE = '3h';
const DEFAULT_LIMIT = 20;

interface GlobalOptions {
  local?: boolean;
  stack?: string;
  region?: string;
  profile?: string;
  json?: boolean;
}

interface Session {
  aws: AwsClients;
  output: Output;
  stackName: string | undefined;
}

/** What a command does; false is an end that is not good, though everything was told. */
type Work<Options> = (session: Session, options: Options) => Promise<unknown>;

/**
 * Runs a command between connecting to AWS and telling of its failure.
 * @param load brings what the command does
 * @param check throws when the options make no sense together; asked before anything else
 */
const command =
  <Options>(load: () => Promise<Work<Options>>, check: (options: Options) => void = () => undefined) =>
  async (_: unknown, self: Command): Promise<void> => {
    const {
      local = false,
      stack,
      region,
      profile,
      json = false,
      ...rest
    } = self.optsWithGlobals<GlobalOptions>();
    const options = rest as Options;
    check(options);
    if (local) await (await import('./local.ts')).useLocalForwarder();
    const [{ connectAws }, work] = await Promise.all([import('./aws.ts'), load()]);
    const aws = await connectAws({ region, profile });
    const good = await work({ aws, output: outputFor(json), stackName: stack }, options);
    if (good === false) process.exitCode = 1;
  };

/** @throws {OpsError} `backfill-range` when a range ends before it begins */
function assertOrder({ from, to }: { from: number; to: number }): void {
  if (from >= to) throw new OpsError('backfill-range', '--from is not before --to.', 'Correct the range.');
}

type StackWork<Options> = (
  aws: AwsClients,
  stack: ForwarderStack,
  options: Options,
  output: Output,
) => Promise<unknown>;

/** The same for a command that works on one forwarder. */
const onStack = <Options>(load: () => Promise<StackWork<Options>>, check?: (options: Options) => void) =>
  command<Options>(async () => {
    const [{ findForwarder }, work] = await Promise.all([import('./stack.ts'), load()]);
    return async ({ aws, output, stackName }, options) =>
      work(aws, await findForwarder(aws, stackName), options, output);
  }, check);

const program = new Command('npm run ops --')
  .description('Looks after a deployed forwarder.')
  .option(
    '--stack <name>',
    'stack of the forwarder (default: ValenceForwarder, or the only one of the region)',
  )
  .option('--region <name>', 'AWS region (default: that of the environment or the profile)')
  .option('--profile <name>', 'AWS profile')
  .addOption(
    new Option(
      '--local',
      'the forwarder that npm start -- --stay keeps at work on this machine, instead of AWS',
    ).conflicts(['region', 'profile']),
  )
  .option('--json', 'print one line of JSON')
  .configureHelp({ showGlobalOptions: true })
  .addHelpText('after', EXAMPLES);

program
  .command('doctor')
  .description('look at credentials, stack, keys, services, API profile, state, schedule and alarms')
  .action(
    command(async () => {
      const { doctor } = await import('./doctor.ts');
      return ({ aws, output, stackName }) => doctor(aws, stackName, output);
    }),
  );

program
  .command('status')
  .description('show where every stream of every tenant stands')
  .option(
    '--watch [seconds]',
    `look again every ${DEFAULT_WATCH_SECONDS} seconds, or as often as given`,
    countArgument,
  )
  .action(
    command<{ watch?: number | true }>(async () => {
      const [{ findForwarders }, { status }] = await Promise.all([
        import('./stack.ts'),
        import('./status.ts'),
      ]);
      return async ({ aws, output, stackName }, { watch }) => {
        const seconds = watch === true ? DEFAULT_WATCH_SECONDS : watch;
        await status(aws, await findForwarders(aws, stackName), { watch: seconds }, output);
      };
    }),
  );

program
  .command('backfill')
  .description(
    'forward what Datadog does not have of a range of the past, through the state machine of the stack',
  )
  .requiredOption('--stream <stream>', 'alerts or audit-logs', streamArgument)
  .requiredOption('--from <time>', 'epoch seconds or ISO 8601', timeArgument)
  .requiredOption('--to <time>', 'epoch seconds or ISO 8601, not itself part of the range', timeArgument)
  .option('--records <count>', 'how many records to expect, for the estimate', countArgument)
  .option('--dry-run', 'show the plan, its time and its cost; start nothing')
  .option('--detach', 'start it and do not wait for its end')
  .action(onStack(async () => (await import('./backfill.ts')).backfill, assertOrder));

program
  .command('replay')
  .description('send quarantined records again; each object is deleted once Datadog has taken its record')
  .option('--prefix <prefix>', 'only these, such as alerts/2026/01/', '')
  .option('--dry-run', 'only say how many there are, and why')
  .action(onStack(async () => (await import('./replay.ts')).replay));

program
  .command('tail')
  .description('show the last runs: what they forwarded, and why they failed')
  .addOption(
    new Option('--since <length>', 'how far back, such as 90s, 15m, 3h or 2d')
      .argParser(lengthArgument)
      .default(lengthArgument(DEFAULT_SINCE), DEFAULT_SINCE),
  )
  .option('--limit <count>', 'at most so many of the newest', countArgument, DEFAULT_LIMIT)
  .option('--failed', 'only those that failed or were killed')
  .option('--follow', 'go on with each further run')
  .action(onStack(async () => (await import('./tail.ts')).tail));

program
  .command('watermark')
  .description('move the watermark of a stream by hand')
  .command('set')
  .description('set the watermark; back reads again, ahead skips')
  .requiredOption('--stream <stream>', 'alerts or audit-logs', streamArgument)
  .requiredOption('--to <time>', 'epoch seconds or ISO 8601', timeArgument)
  .option('--accept-loss', 'skip what lies between, which is then never forwarded')
  .option('--yes', 'do it; without this nothing is changed')
  .action(
    onStack<{ stream: Stream; to: number; acceptLoss?: boolean; yes?: boolean }>(async () => {
      const { setWatermark } = await import('./watermark.ts');
      return (aws, stack, { stream, to, acceptLoss = false, yes = false }, output) =>
        setWatermark(aws, stack, { stream, to, acceptLoss, confirmed: yes }, output);
    }),
  );

await runTool(program);
