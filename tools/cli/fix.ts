/** What an error of a run says about the run after it. */
const ABOUT_NEXT_RUN = /\bnext runs?\b/i;

/**
 * What to do about an error, where a person has just run a command or a check. Most errors are those of runs, and their fixes say what the
 * next run will do by itself; a command does nothing by itself.
 * @param fix sentences
 */
export function fixHere(fix: string): string {
  const sentences = fix.split(/(?<=[.!?]) (?=[A-Z])/);
  const others = sentences.filter((sentence) => !ABOUT_NEXT_RUN.test(sentence));
  return others.length === sentences.length ? fix : ['Try again in a minute.', ...others].join(' ');
}
