import { awsFailure } from '../../lambda/shared/aws/failure.ts';
import { ForwarderError } from '../../lambda/shared/errors.ts';
import { fixHere } from './fix.ts';
import { colour, printError, printLine } from './terminal.ts';
import { ToolError } from './tool-error.ts';
import { fitted } from './width.ts';

/** A failure as programs read it with `--json`. */
interface Failure {
  code: string;
  message: string;
  /** What the user can do; empty when the message contains it. */
  fix: string;
}

/**
 * An error of the operating system in one line: no permission, no space, a file where a folder should be.
 * @returns undefined for any other error, which is a bug of the tool and needs its stack
 */
export function systemErrorText(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return `The operating system refused: ${error.message}.`;
}

function failureOf(error: unknown): Failure {
  if (error instanceof ForwarderError)
    return { code: error.code, message: error.message, fix: fixHere(error.fix) };
  if (error instanceof ToolError) return { code: 'local-run', message: error.message, fix: '' };
  const refused = systemErrorText(error);
  if (refused) return { code: 'system', message: refused, fix: '' };
  // An error of the AWS SDK holds the whole response: only its name and message are shown.
  if (error instanceof Error && '$metadata' in error) {
    return { code: 'aws', message: awsFailure(error).text, fix: 'Check stack, region and account.' };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'unexpected', message, fix: 'This is a bug of the tool: please report it.' };
}

/** Prints a failure as text on stderr; with `json`, also as JSON on stdout. */
export function reportFailure(error: unknown, json: boolean): void {
  const failure = failureOf(error);
  if (json) printLine(JSON.stringify({ error: failure }));
  const lines = [colour('red', failure.message, process.stderr), failure.fix].filter((text) => text !== '');
  // A stack is read by programmers.
  printError(failure.code === 'unexpected' ? lines.join('\n') : fitted(lines.join('\n')));
}
