import { type Command, CommanderError } from 'commander';
import { assertCertificatesChecked } from '../../lambda/shared/tls.ts';
import { reportFailure } from './failure.ts';
import { printError, printLine, printText } from './terminal.ts';

/** Removes all permissions of group and others from the files and directories that this process and its children create. */
const PRIVATE = 0o077;

const USAGE_FIX = 'See --help.';

function reportUsage(error: CommanderError): void {
  process.exitCode = error.exitCode;
  if (error.exitCode === 0) return;
  const noCommand = error.code === 'commander.help';
  const message = noCommand ? 'No command was named.' : error.message.replace(/^error: /, '');
  // commander has printed the others itself.
  if (noCommand) printError(`\n${message}`);
  if (!process.argv.includes('--json')) return;
  printLine(JSON.stringify({ error: { code: 'usage', message, fix: USAGE_FIX } }));
}

/**
 * Runs a command line tool. A failure is reported on stderr, with `--json` also on stdout, and the exit code is 1. The
 * same holds for a wrong argument, after which the help is shown.
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
    await exitsByItself(program).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      reportUsage(error);
      return;
    }
    reportFailure(error, process.argv.includes('--json'));
    process.exitCode = 1;
  }
}

/** Makes a command and its subcommands throw where commander would end the process. */
function exitsByItself(command: Command): Command {
  for (const sub of command.commands) exitsByItself(sub);
  return command
    .exitOverride()
    .allowExcessArguments(false)
    .showHelpAfterError()
    .configureOutput({
      writeOut: (text) => printText(text),
      writeErr: (text) => printText(text, process.stderr),
    });
}
