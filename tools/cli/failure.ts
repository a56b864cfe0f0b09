import { awsFailure } from '../../lambda/shared/aws/failure.ts';
import { ForwarderError } from '../../lambda/shared/errors.ts';
import { LocalRunError } from './local-run-error.ts';
import { systemErrorText } from './system-error.ts';

interface Told {
  code: string;
  message: string;
  fix: string;
}

function toldBy(error: unknown): Told {
  if (error instanceof ForwarderError) return { code: error.code, message: error.message, fix: error.fix };
  if (error instanceof LocalRunError) return { code: 'local-run', message: error.message, fix: '' };
  const refused = systemErrorText(error);
  if (refused) return { code: 'system', message: refused, fix: '' };
  // An error of AWS holds the whole answer: only its own words are shown.
  if (error instanceof Error && '$metadata' in error) {
    return { code: 'aws', message: awsFailure(error).text, fix: 'Check stack, region and account.' };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'unexpected', message, fix: 'This is a fault of the tool: please report it.' };
}

/** Tells why something failed, for people on stderr, for programs on stdout too. */
export function tellFailure(error: unknown, json: boolean): void {
  const told = toldBy(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: told })}\n`);
  process.stderr.write(`${[told.message, told.fix].filter((text) => text !== '').join('\n')}\n`);
}

/** Tells why a command failed, as {@link tellFailure} does, and makes the process fail. */
export function endWith(error: unknown, json: boolean): void {
  tellFailure(error, json);
  process.exitCode = 1;
}
