import ora from 'ora';

const SPINNER_REFRESH_MS = 100;
/** Between two lines of progress where no spinner can turn. */
const PLAIN_LINE_INTERVAL_MS = 10_000;

interface Display {
  update(text: string): void;
  end(text: string, succeeded: boolean): void;
  /** How often there is something new to see. */
  intervalMs: number;
}

function spinner(text: string): Display {
  const turning = ora({ text, discardStdin: false }).start();
  return {
    update: (now) => {
      turning.text = now;
    },
    end: (last, succeeded) => {
      turning[succeeded ? 'succeed' : 'fail'](last);
    },
    intervalMs: SPINNER_REFRESH_MS,
  };
}

function plainLines(text: string): Display {
  const line = (now: string) => void process.stderr.write(`${now}\n`);
  line(`${text} ...`);
  return {
    update: (now) => line(`${now} ...`),
    end: (last, succeeded) => line(succeeded ? `${last}.` : `${last}: failed.`),
    intervalMs: PLAIN_LINE_INTERVAL_MS,
  };
}

/**
 * Shows on stderr that work goes on: a spinner on a terminal, plain lines elsewhere.
 * @param text what is being done, asked again and again while it lasts
 * @param done what to say when it is done
 */
export async function withProgress<T>(
  text: () => string,
  work: () => Promise<T>,
  done: () => string,
): Promise<T> {
  // Terminals without a size exist (`script`, some containers), and the spinner would draw on them without end.
  const canTurn = process.stderr.isTTY && process.stderr.columns > 0;
  const display = (canTurn ? spinner : plainLines)(text());
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
