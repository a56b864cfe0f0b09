import type { Command, CommanderError, OutputConfiguration } from 'commander';
import { colour, printError, printLine, printText } from './terminal.ts';
import { fitted, screenColumns } from './width.ts';

/** The command line itself: what commander prints, and what is wrong with the arguments. */

/** `npm run ops -- watermark set`: a command with those that it belongs to. */
const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

/** The commands that a command has, without those that commander adds. */
const namesIn = ({ commands }: Command): string[] => commands.map((each) => each.name());

function messageOf({ code, message }: CommanderError, command: Command): string {
  if (code === 'commander.help') return `No command was named. There are: ${namesIn(command).join(', ')}.`;
  return message.replace(/^error: /, '');
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly fix: string;

  constructor(error: CommanderError, command: Command) {
    super(messageOf(error, command));
    this.fix = `Run ${pathOf(command)} --help`;
  }
}

/** Prints what is wrong with the command line, and where to read on; with `json`, also as JSON on stdout. */
export function reportUsage({ message, fix }: UsageError, json: boolean): void {
  if (json) printLine(JSON.stringify({ error: { code: 'usage', message, fix } }));
  printError(fitted(`${colour('red', message, process.stderr)}\n${fix}`));
}

const OUTPUT: OutputConfiguration = {
  writeOut: (text) => printText(text),
  // The help that commander prints when no command is named would hide the message.
  writeErr: () => undefined,
  getOutHelpWidth: () => screenColumns(),
};

/**
 * Makes a command and its subcommands throw where commander would end the process: {@link UsageError}, or a {@link CommanderError}
 * with the exit code 0 after help or version was printed.
 */
export function throwsUsageErrors(command: Command): Command {
  for (const sub of command.commands) throwsUsageErrors(sub);
  return command
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : new UsageError(error, command);
    })
    .allowExcessArguments(false)
    .configureHelp({ ...command.configureHelp(), boxWrap: (text, columns) => fitted(text, { columns }) })
    .configureOutput(OUTPUT);
}
