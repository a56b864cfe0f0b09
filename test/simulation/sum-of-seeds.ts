import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The results of the completed seeds. */
export interface SumOfSeeds {
  done: number;
  runs: number;
  calls: number;
  digest: number;
  failedSeeds: number[];
}

/**
 * Reads the stored sum, and returns how to save it.
 * @param task what the sum is of: a file of another task is not continued
 * @param file where the sum is kept; nowhere when left out
 * @throws {Error} when the file holds the sum of another task
 */
export function progressOf(task: object, file: string | undefined): { sum: SumOfSeeds; save: () => void } {
  const own = JSON.stringify(task);
  const known = file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  if (known && JSON.stringify(known.task) !== own) {
    throw new Error(
      `${file} is about other seeds or options: ${JSON.stringify(known.task)}. Name another file.`,
    );
  }
  const sum: SumOfSeeds = known?.sum ?? { done: 0, runs: 0, calls: 0, digest: 0, failedSeeds: [] };
  const save = () => {
    if (file === undefined) return;
    // Renamed, so that an interruption leaves the former file or the new one.
    writeFileSync(`${file}.new`, JSON.stringify({ task, sum }));
    renameSync(`${file}.new`, file);
  };
  return { sum, save };
}
