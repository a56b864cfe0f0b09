import ora from 'ora';

/** Between two lines of progress where no spinner can turn. */
const PLAIN_LINE_INTERVAL_MS = 10_000;
const REFRESH_INTERVAL_MS = 100;

/**
 * Shows on stderr that work goes on: a spinner on a terminal, plain lines elsewhere.
 * @param text what is being done, asked again and again while it lasts
 * @param done what to say when it is done
 */
export async function withProgress<T>(
  text: () => string,
  work: () => Promise<T>,
  done: (result: T) => string,
): Promise<T> {
  const spinner = ora({ text: text(), discardStdin: false }).start();
  const timer = setInterval(
    () => {
      if (process.stderr.isTTY) spinner.text = text();
      else process.stderr.write(`  ${text()}\n`);
    },
    process.stderr.isTTY ? REFRESH_INTERVAL_MS : PLAIN_LINE_INTERVAL_MS,
  );
  try {
    const result = await work();
    spinner.succeed(done(result));
    return result;
  } catch (error) {
    spinner.fail(text());
    throw error;
  } finally {
    clearInterval(timer);
  }
}
