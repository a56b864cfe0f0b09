import jsonata, { type Expression } from 'jsonata';
import { TaskError } from './definition.ts';

/** What the JSONata of a field refers to as `$states`. */
interface Scope {
  input: unknown;
  result?: unknown;
  errorOutput?: { Error: string; Cause: string };
  context?: unknown;
}

const expressions = new Map<string, Expression>();

/** A definition evaluates its few expressions once for each item. */
function compiled(text: string): Expression {
  const expression = expressions.get(text) ?? jsonata(text);
  expressions.set(text, expression);
  return expression;
}

/**
 * A field with each JSONata expression in it replaced by its value.
 * @throws {TaskError} when an expression has no value, as Step Functions does
 */
export async function evaluated(template: unknown, states: Scope): Promise<unknown> {
  if (typeof template === 'string' && template.startsWith('{%')) {
    const expression = template.slice(2, -2);
    const value: unknown = await compiled(expression).evaluate(undefined, { states });
    if (value === undefined) throw new TaskError('States.QueryEvaluationError', expression);
    // jsonata marks its lists with properties of its own.
    return JSON.parse(JSON.stringify(value));
  }
  if (Array.isArray(template)) return Promise.all(template.map((item) => evaluated(item, states)));
  if (template === null || typeof template !== 'object') return template;
  const fields = await Promise.all(
    Object.entries(template).map(async ([key, value]) => [key, await evaluated(value, states)] as const),
  );
  return Object.fromEntries(fields);
}
