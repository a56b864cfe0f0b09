/** Conditions of cases and steps: `failures >= 5 && successes > 0`, `a > 3 || b > 0`; `&&` binds tighter. */

const COMPARISON = /^\s*([A-Za-z_]\w*)\s*(>=|>)\s*(\d+(?:\.\d+)?)\s*$/;

/** `name > number`, parsed. */
export interface Comparison {
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

type Alternatives = readonly (readonly Comparison[])[];

const parsed = new Map<string, Alternatives>();

/**
 * The alternatives of a condition, each of comparisons that must all hold.
 * @throws {Error} when the condition holds anything but comparisons, `&&` and `||`
 */
export function alternativesIn(condition: string): Alternatives {
  // One condition is evaluated for thousands of logs.
  const known =
    parsed.get(condition) ?? condition.split('||').map((all) => all.split('&&').map(parseComparison));
  parsed.set(condition, known);
  return known;
}

/** The names that a condition uses. Throws as {@link alternativesIn}. */
export const namesIn = (condition: string): string[] =>
  alternativesIn(condition).flatMap((all) => all.map(({ name }) => name));

/**
 * Whether a condition holds. Throws as {@link alternativesIn}.
 * @param count returns the count of the query with a name
 */
export const holds = (condition: string, count: (name: string) => number): boolean =>
  alternativesIn(condition).some((all) =>
    all.every(({ name, sign, number }) => (sign === '>' ? count(name) > number : count(name) >= number)),
  );
