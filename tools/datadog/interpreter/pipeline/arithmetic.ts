import { NotModelled } from '../not-modelled.ts';

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?)(?![\w.])|(?<name>[A-Za-z_][\w.]*)|(?<sign>[*/]|(?<=\s)[+-](?=\s)))/y;

/**
 * The value of an expression of numbers and attributes, in doubles, with the usual precedence: `*` and `/` before `+` and
 * `-`.
 * @param numberAt the number at a path, undefined when there is none
 * @returns undefined when an attribute is missing, or the result is no finite number
 * @throws {NotModelled} for parentheses, functions, and a plus or minus without spaces around it
 */
export function calculate(
  expression: string,
  numberAt: (path: string) => number | undefined,
): number | undefined {
  const tokens = [...tokensOf(expression)];
  const operand = (): number => {
    const token = tokens.shift();
    if (token?.['number'] !== undefined) return Number(token['number']);
    if (token?.['name'] !== undefined) return numberAt(token['name']) ?? Number.NaN;
    throw new NotModelled(`the expression ${expression}`);
  };
  const sign = (signs: string) => {
    const next = tokens[0]?.['sign'];
    return next !== undefined && signs.includes(next) ? tokens.shift()?.['sign'] : undefined;
  };
  const product = (): number => {
    let value = operand();
    for (let next = sign('*/'); next; next = sign('*/')) {
      value = next === '*' ? value * operand() : value / operand();
    }
    return value;
  };
  let sum = product();
  for (let next = sign('+-'); next; next = sign('+-')) sum += next === '+' ? product() : -product();
  if (tokens.length > 0) throw new NotModelled(`the expression ${expression}`);
  return Number.isFinite(sum) ? sum : undefined;
}

type Token = Readonly<Record<string, string | undefined>>;

const knownTokens = new Map<string, readonly Token[]>();

/** One expression is calculated for thousands of logs. */
function tokensOf(expression: string): readonly Token[] {
  const tokens = knownTokens.get(expression) ?? tokenise(expression);
  knownTokens.set(expression, tokens);
  return tokens;
}

function tokenise(expression: string): readonly Token[] {
  const tokens: Record<string, string | undefined>[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const match = TOKEN.exec(expression);
    if (!match) throw new NotModelled(`the expression ${expression}`);
    tokens.push({ ...match.groups });
  }
  return tokens;
}
