import { isLosslessNumber } from 'lossless-json';
import type { Stream } from '../../../contract.ts';
import type { ExcludeCondition } from '../../../shared/exclude-condition.ts';
import { EACH, parseRedactPath, type Step } from '../../../shared/redact-path.ts';
import { canonicalJson } from '../records/canonical-json.ts';

interface Test {
  attribute: string;
  /** Below the attribute. */
  path: readonly Step[];
  values: ReadonlySet<string>;
}

/** An attribute of a log by its name; undefined if the log has none of it. */
export type AttributeOf = (name: string) => unknown;

/** Whether a log is left out. */
export type IsExcluded = (attributeOf: AttributeOf) => boolean;

/**
 * What the conditions leave out of a stream.
 * @returns undefined when no condition is about the stream
 * @throws {Error} when a path is not one (configuration refuses it before)
 */
export function exclusion(conditions: readonly ExcludeCondition[], stream: Stream): IsExcluded | undefined {
  const own = conditions.filter((condition) => condition.stream === stream).map(testsOf);
  if (own.length === 0) return undefined;
  return (attributeOf) =>
    own.some((tests) => tests.every((test) => isMet(test, attributeOf(test.attribute))));
}

const testsOf = ({ where }: ExcludeCondition): Test[] =>
  Object.entries(where).map(([text, values]) => {
    const [attribute, ...path] = parseRedactPath(text) ?? [];
    if (typeof attribute !== 'string') throw new Error(`Not a path: ${text}`);
    return { attribute, path, values: new Set(values.map(comparable)) };
  });

const isMet = ({ path, values }: Test, value: unknown): boolean =>
  value !== undefined && holdsOneOf(value, path, values);

/** A value as text without case. */
const comparable = (value: unknown): string =>
  (typeof value === 'string' ? value : canonicalJson(value)).toLowerCase();

/**
 * Whether any value at a path is one of the given ones. As in `redact`, a name applies to the elements of a list even without
 * `[*]`, and so does the end of a path.
 */
function holdsOneOf(value: unknown, path: readonly Step[], values: ReadonlySet<string>): boolean {
  const [step, ...rest] = path;
  if (Array.isArray(value)) {
    const inner = step === EACH ? rest : path;
    return value.some((item) => (step === EACH || !Array.isArray(item)) && holdsOneOf(item, inner, values));
  }
  const isObject = value !== null && typeof value === 'object' && !isLosslessNumber(value);
  if (step === undefined) return !isObject && values.has(comparable(value));
  if (!isObject) return false;
  if (step === EACH) return Object.values(value).some((item) => holdsOneOf(item, rest, values));
  return Object.hasOwn(value, step) && holdsOneOf(Reflect.get(value, step), rest, values);
}
