import type { Command } from 'commander';
import { type Output, outputFor } from '../cli/output.ts';
import type { AwsClients } from './aws.ts';
import type { StackChoice } from './own-resources.ts';
import type { ForwarderStack } from './stack-outputs.ts';

/**
 * Runs what a command does. Everything that uses the AWS SDK takes a second and more to load, so it is loaded only when a
 * command runs: help and wrong arguments are answered at once.
 */

interface GlobalOptions {
  local?: boolean;
  stack?: string;
  region?: string;
  profile?: string;
  existing?: readonly string[];
  json?: boolean;
}

interface Session extends StackChoice {
  aws: AwsClients;
  output: Output;
  /** Whether the settings of the function come from this machine itself. */
  isLocal: boolean;
}

/** What a command does. It returns false when it has printed its result and the exit code is to be 1. */
type Work<Options> = (session: Session, options: Options) => Promise<unknown>;

/**
 * The action of a command: connects to AWS, then does the work. Arguments of the command are among its options, by their names.
 * @param load loads what the command does
 * @param check throws when the options contradict each other; called before anything is loaded
 */
export const action =
  <Options>(load: () => Promise<Work<Options>>, check: (options: Options) => void = () => undefined) =>
  async (...given: unknown[]): Promise<void> => {
    // Commander passes the arguments, the options and, last, the command.
    const self = given.at(-1) as Command;
    const values = self.registeredArguments.map((each, index) => [each.name(), given[index]]);
    const {
      local = false,
      stack,
      region,
      profile,
      existing = [],
      json = false,
      ...rest
    } = self.optsWithGlobals<GlobalOptions>();
    const options = { ...Object.fromEntries(values), ...rest } as Options;
    check(options);
    if (local) await (await import('./local.ts')).useLocalForwarder();
    const [{ connectAws, isLocalAws }, work] = await Promise.all([import('./aws.ts'), load()]);
    const aws = await connectAws({ region, profile }, stack);
    const isLocal = isLocalAws();
    const good = await work({ aws, output: outputFor(json), stackName: stack, existing, isLocal }, options);
    if (good === false) process.exitCode = 1;
  };

type StackWork<Options> = (
  aws: AwsClients,
  stack: ForwarderStack,
  options: Options,
  output: Output,
) => Promise<unknown>;

/** The action of a command that works on one forwarder. Parameters as those of {@link action}. */
export const stackAction = <Options>(
  load: () => Promise<StackWork<Options>>,
  check?: (options: Options) => void,
) =>
  action<Options>(async () => {
    const [{ findOwnForwarder }, work] = await Promise.all([import('./own-resources.ts'), load()]);
    return async ({ aws, output, ...choice }, options) =>
      work(aws, await findOwnForwarder(aws, choice), options, output);
  }, check);
