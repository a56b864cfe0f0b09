/** A bug of a line or two that is planted by hand. */
export interface Mutant {
  /** Unlike any other mutant's; what `--only` takes. */
  name: string;
  /** What the bug does. */
  what: string;
  /** File from the root of the project. */
  file: string;
  /** Text of that file that occurs in it exactly once. */
  find: string;
  /** What it is replaced by. */
  replace: string;
  /** Test files, from the root of the project; each of them must fail. */
  caughtBy: readonly [string, ...string[]];
}

/** A mutant that does not fit the file which it changes. */
export class PatchError extends Error {}

/**
 * The text of a file with a mutant planted in it.
 * @param text the content of `mutant.file`
 * @throws {PatchError} when `find` does not occur exactly once in it, or when the mutant changes nothing
 */
export function planted({ name, file, find, replace }: Mutant, text: string): string {
  const occurrences = text.split(find).length - 1;
  if (find === '' || occurrences !== 1) {
    throw new PatchError(`${name}: its text occurs ${occurrences} times in ${file}, not once: ${find}`);
  }
  if (find === replace) throw new PatchError(`${name}: it changes nothing.`);
  return text.replace(find, () => replace);
}
