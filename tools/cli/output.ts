import { reportFailure } from './failure.ts';
import { printLine } from './terminal.ts';

/** Prints what a command reports, as text or as JSON. */
export interface Output {
  /** Prints a line of text; nothing with `--json`. */
  print(text: string): void;
  /** Prints the result, once: `text`, or with `--json` `value` as one line of JSON. */
  result(value: object, text: string): void;
  /** Prints a failure after which the command continues. */
  failure(error: unknown): void;
}

export const outputFor = (json: boolean): Output => ({
  print: (text) => {
    if (!json) printLine(text);
  },
  result: (value, text) => printLine(json ? JSON.stringify(value) : text),
  failure: (error) => reportFailure(error, json),
});
