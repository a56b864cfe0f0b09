import { NotModelled } from '../interpreter/not-modelled.ts';

/** Sums and differences of queries, each as it is or with `default_zero`. */
const TERM = /([+-]?)(?:default_zero\((\w+)\)|(\w+))/y;

/**
 * Calculates a formula of a widget.
 * @param count returns the count of the query with a name; undefined when it found nothing
 * @returns undefined, which is shown as a blank, when a query without `default_zero` found nothing
 * @throws {NotModelled} when the formula holds anything but sums and differences
 */
export function calculated(formula: string, count: (name: string) => number | undefined): number | undefined {
  let sum: number | undefined = 0;
  let at = 0;
  const terms = formula.trim().replace(/ ?([+-]) ?/g, '$1');
  while (at < terms.length) {
    TERM.lastIndex = at;
    const match = TERM.exec(terms);
    const [whole, sign, zeroed, plain] = match ?? [];
    if (whole === undefined || (at > 0 && sign === '')) throw new NotModelled(`the formula ${formula}`);
    const value = zeroed === undefined ? count(plain as string) : (count(zeroed) ?? 0);
    sum = sum === undefined || value === undefined ? undefined : sum + (sign === '-' ? -value : value);
    at += whole.length;
  }
  return sum;
}
