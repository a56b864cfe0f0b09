import { reportFailure } from './failure.ts';
import { clearScreen, printLine } from './terminal.ts';
import { fitted } from './width.ts';

/** Prints what a command reports: as text that fits the screen, or as JSON and nothing else. */
export interface Output {
  /** Prints a line of text; nothing with `--json`. */
  print(text: string): void;
  /** Prints the result, once: `text`, or with `--json` `value` as one line of JSON. */
  result(value: object, text: string): void;
  /** Begins a new screen, where there is one; nothing with `--json`. */
  clear(): void;
  /** Prints a failure after which the command continues. */
  failure(error: unknown): void;
}

export const outputFor = (json: boolean): Output => ({
  print: (text) => {
    if (!json) printLine(fitted(text));
  },
  result: (value, text) => printLine(json ? JSON.stringify(value) : fitted(text)),
  clear: () => {
    if (!json) clearScreen();
  },
  failure: (error) => reportFailure(error, json),
});
