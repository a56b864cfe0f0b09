/** Conditions of cases and steps: `failures >= 5 && successes > 0`, `a > 3 || b > 0`; `&&` binds tighter. */

const COMPARISON = /^\s*([A-Za-z_]\w*)\s*(>=|>)\s*(\d+(?:\.\d+)?)\s*$/;

/** `name > number`, parsed. */
interface Comparison {
  name: string;
  sign: '>' | '>=';
  number: number;
}

/** @throws {Error} when it is none */
function parseComparison(text: string): Comparison {
  const [, name, sign, number] = COMPARISON.exec(text) ?? [];
  if (name === undefined) throw new Error(`"${text}" is no comparison of a count with a number.`);
  return { name, sign: sign as Comparison['sign'], number: Number(number) };
}

/** Alternatives, each of comparisons that must all hold. */
const parse = (condition: string): Comparison[][] =>
  condition.split('||').map((all) => all.split('&&').map(parseComparison));

/** The names that a condition uses. Throws as {@link holds}. */
export const namesIn = (condition: string): string[] =>
  parse(condition).flatMap((all) => all.map(({ name }) => name));

/**
 * Whether a condition holds.
 * @param count returns the count of the query with a name
 * @throws {Error} when the condition holds anything but comparisons, `&&` and `||`
 */
export const holds = (condition: string, count: (name: string) => number): boolean =>
  parse(condition).some((all) =>
    all.every(({ name, sign, number }) => (sign === '>' ? count(name) > number : count(name) >= number)),
  );
