import { type Command, CommanderError } from 'commander';
import { assertCertificatesChecked } from '../../lambda/shared/tls.ts';
import { withCompletion } from './completion.ts';
import { reportFailure } from './failure.ts';
import { reportUsage, throwsUsageErrors, UsageError } from './usage.ts';

/** Removes all permissions of group and others from the files and directories that this process and its children create. */
const PRIVATE = 0o077;

/**
 * Runs a command line tool. A failure or a wrong argument is reported on stderr, with `--json` also on stdout, and the exit
 * code is 1.
 * @param program carries its actions; `process.argv` is parsed
 */
export async function runTool(program: Command): Promise<void> {
  // The files of the tools contain records, keys of stand-ins and addresses, which other users of this machine must not read.
  process.umask(PRIVATE);
  // The SDK warns of Node versions below 22 although it works on them.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  // `| head` closes the pipe when it has read enough.
  process.stdout.on('error', () => process.exit());
  // An error outside of what is awaited would be printed by Node.js.
  process.once('uncaughtException', (error) => {
    reportFailure(error, process.argv.includes('--json'));
    process.exit(1);
  });
  try {
    assertCertificatesChecked(process.env);
    await throwsUsageErrors(withCompletion(program)).parseAsync();
  } catch (error) {
    // Help, version or completion was printed.
    if (error instanceof CommanderError) return;
    const json = process.argv.includes('--json');
    if (error instanceof UsageError) reportUsage(error, json);
    else reportFailure(error, json);
    process.exitCode = 1;
  }
}
