import { reportFailure } from './failure.ts';

/** Where a command prints, for people or for programs. */
export interface Output {
  /** Prints a line for people; programs do not get it. */
  print(text: string): void;
  /** Prints the result, once: `value` as one line of JSON for programs, `text` for people. */
  result(value: object, text: string): void;
  /** Prints a failure after which the command continues. */
  failure(error: unknown): void;
}

export const outputFor = (json: boolean): Output => ({
  print: (text) => {
    if (!json) process.stdout.write(`${text}\n`);
  },
  result: (value, text) => void process.stdout.write(`${json ? JSON.stringify(value) : text}\n`),
  failure: (error) => reportFailure(error, json),
});
