import { isLosslessNumber } from 'lossless-json';
import type { Stream } from '../../../contract.ts';
import type { ExcludeCondition } from '../../../shared/exclude-condition.ts';
import { EACH, parseRedactPath, type Step } from '../../../shared/redact-path.ts';
import { canonicalJson } from '../records/canonical-json.ts';
import type { Log } from './types.ts';

interface Test {
  path: readonly Step[];
  values: ReadonlySet<string>;
}

/** Whether a log is left out. */
export type IsExcluded = (log: Log) => boolean;

/**
 * What the conditions leave out of a stream.
 * @returns undefined when no condition is about the stream
 * @throws {Error} when a path is not one (configuration refuses it before)
 */
export function exclusion(conditions: readonly ExcludeCondition[], stream: Stream): IsExcluded | undefined {
  const own = conditions.filter((condition) => condition.stream === stream).map(testsOf);
  if (own.length === 0) return undefined;
  return (log) => own.some((tests) => tests.every(({ path, values }) => holdsOneOf(log, path, values)));
}

const testsOf = ({ where }: ExcludeCondition): Test[] =>
  Object.entries(where).map(([text, values]) => {
    const path = parseRedactPath(text);
    if (!path) throw new Error(`Not a path: ${text}`);
    return { path, values: new Set(values.map(comparable)) };
  });

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
