import ora from 'ora';
import { inOneLine, printable, printError } from './terminal.ts';
import { fitted, screenColumns } from './width.ts';

const SPINNER_REFRESH_MS = 100;
/** Between two lines of progress where there is no terminal. */
const PLAIN_LINE_INTERVAL_MS = 10_000;

interface Display {
  update(text: string): void;
  end(text: string, succeeded: boolean): void;
  /** How often the text is refreshed. */
  intervalMs: number;
}

function spinner(text: string): Display {
  // ora prints by itself.
  const shown = (now: string) => printable(inOneLine(now));
  const spinning = ora({ text: shown(text), discardStdin: false }).start();
  return {
    update: (now) => {
      spinning.text = shown(now);
    },
    end: (last, succeeded) => {
      spinning[succeeded ? 'succeed' : 'fail'](shown(last));
    },
    intervalMs: SPINNER_REFRESH_MS,
  };
}

function plainLines(text: string): Display {
  const print = (line: string) => printError(fitted(line, { columns: screenColumns(process.stderr) }));
  print(`${text} ...`);
  return {
    update: (now) => print(`${now} ...`),
    end: (last, succeeded) => print(succeeded ? `${last}.` : `${last}: failed.`),
    intervalMs: PLAIN_LINE_INTERVAL_MS,
  };
}

export interface ProgressOptions<T> {
  /** What is being done; called again and again while it lasts. */
  text: () => string;
  work: () => Promise<T>;
  /** What was done. @default `text` */
  done?: () => string;
  /** Shows nothing. */
  silent?: boolean;
}

/**
 * Shows progress on stderr: a spinner on a terminal, plain lines elsewhere.
 * @returns what the work returns; throws what it throws
 */
export async function withProgress<T>({ text, work, done = text, silent }: ProgressOptions<T>): Promise<T> {
  if (silent) return work();
  // A terminal may have no size (`script`, some containers), and the spinner would draw on it without end.
  const canSpin = process.stderr.isTTY && process.stderr.columns > 0;
  const display = (canSpin ? spinner : plainLines)(text());
  const timer = setInterval(() => display.update(text()), display.intervalMs);
  try {
    const result = await work();
    display.end(done(), true);
    return result;
  } catch (error) {
    display.end(text(), false);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
