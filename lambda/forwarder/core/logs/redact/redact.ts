import { isLosslessNumber } from 'lossless-json';
import { OWN_ATTRIBUTE } from '../../../../contract.ts';
import type { JsonObject } from '../../../../shared/json.ts';
import { type DigestSecret, keyedFingerprint, keyedValue } from '../../../../shared/keyed-digest.ts';
import { EACH, parseRedactPath, type RedactRules, type Step } from '../../../../shared/redact-path.ts';
import { canonicalJson } from '../../records/canonical-json.ts';
import { primaryEvent, primaryEventIndex } from '../../records/primary-event.ts';
import type { Log, Redaction } from '../types.ts';
import { LogBudget, RunBudget } from './budget.ts';
import { identities } from './identities.ts';
import { type KeptPlaces, keptPlaces } from './kept-places.ts';
import { isRoleRedacted } from './sentences.ts';
import { REMOVED, RedactedTexts } from './texts.ts';

/**
 * Why no library: `@pinojs/redact` and `fast-redact` do not report what they removed, so a name removed from its field
 * would remain in the sentences of the log. Both also change the record itself, the first one only where paths overlap.
 * The quarantine needs the record unchanged.
 */

interface Rule {
  path: Step[];
  /** Returns the replacement of a value; undefined removes it. */
  replace: (value: unknown) => string | undefined;
  /** Takes the place of values when a log would cost too much; undefined removes them. */
  otherwise: string | undefined;
}

/** What replacing one value, and taking one out, costs in comparisons of characters. */
const COST_OF_A_REPLACEMENT = 30_000;
const COST_OF_A_REMOVAL = 3000;

/** Attributes that are derived from the record's fields. */
const DERIVED_ROOTS: ReadonlySet<Step | undefined> = new Set(['message', OWN_ATTRIBUTE]);

/** The hash of a text, or of the canonical JSON of anything else. */
export const hashOf = (secret: DigestSecret, value: unknown): string =>
  keyedValue(secret, typeof value === 'string' ? value : canonicalJson(value));

/** What {@link hashOf} gives. */
const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/**
 * Redaction by the given rules, for one run. A redacted value also goes from what is derived from it (`message`, `primary_event`)
 * and from the other texts of the log.
 * @param secret of the state table
 * @param inQuarantine whether what goes to quarantine is redacted, too
 * @param budget what the run may spend on it
 * @param hashedBefore paths at which a hash stays as it is; only for what was redacted before, since anyone can write a hash
 * @returns undefined when there is no rule
 * @throws {Error} when a path is not one (configuration refuses it before)
 */
export function redaction(
  { remove, hash }: RedactRules,
  secret: DigestSecret,
  inQuarantine = false,
  budget = new RunBudget(),
  hashedBefore: readonly string[] = [],
): Redaction | undefined {
  const rules = [
    ...remove.map((text): Rule => ({ path: stepsOf(text), replace: () => undefined, otherwise: undefined })),
    ...hash.map((text): Rule => {
      const keepsHash = hashedBefore.includes(text);
      const replace = (value: unknown) =>
        keepsHash && isHash(value) ? String(value) : hashOf(secret, value);
      return { path: stepsOf(text), replace, otherwise: REMOVED };
    }),
  ];
  if (rules.length === 0) return undefined;
  const derived = rules.filter(({ path }) => DERIVED_ROOTS.has(path[0]));
  const direct = rules.filter(({ path }) => !DERIVED_ROOTS.has(path[0]));
  const namesDetails = rules.some(({ path: [root] }) => root === 'message' || root === 'details');
  const kept = keptPlaces(rules.map(({ path }) => path));
  const redact = (log: Log) => {
    const keepsSentences = log.alert === undefined && !namesDetails;
    const texts = new RedactedTexts(keepsSentences, new LogBudget(budget));
    const apply = (to: Log, some: readonly Rule[]) =>
      some.reduce((rest, rule) => edit(rest, rule.path, noting(texts, rule)) as Log, to);
    const redacted = apply(deriveAnew(log, apply(log, direct)), derived);
    if (texts.isEmpty) return redacted;
    const result = cleaned(redacted, texts, kept);
    return keepsSentences ? withRoleMarked(log, result) : result;
  };
  return {
    redact,
    publish: (fingerprint) => keyedFingerprint(secret, fingerprint),
    inQuarantine,
    hashed: hash,
    hashedBefore: (paths) => redaction({ remove, hash }, secret, inQuarantine, budget, paths),
  };
}

function stepsOf(text: string): Step[] {
  const steps = parseRedactPath(text);
  if (!steps) throw new Error(`Not a path: ${text}`);
  return steps;
}

/** The field that a path leads to, or whose elements it leads to. */
const fieldOf = (path: readonly Step[]): string =>
  path.findLast((step): step is string => step !== EACH) ?? '';

/** The replacement of a rule, which notes what must not remain elsewhere. */
const noting =
  (texts: RedactedTexts, { path, replace, otherwise }: Rule) =>
  (value: unknown): unknown => {
    // It reveals nothing, and a hash would look as if it did.
    if (value === null) return value;
    // Values that are not noted remain in no text: when too much is spent, all texts go.
    if (!texts.spend(otherwise === undefined ? COST_OF_A_REMOVAL : COST_OF_A_REPLACEMENT)) return otherwise;
    const replacement = replace(value);
    if (replacement !== undefined) texts.keep(replacement);
    if (replacement === value) return value;
    if (typeof value === 'string') texts.add(value, replacement ?? REMOVED);
    for (const text of identities(value, fieldOf(path), (comparisons) => texts.spend(comparisons)))
      if (text !== value) texts.add(text, REMOVED);
    return replacement;
  };

/**
 * A copy with the value at the path replaced; everything else is shared with the original. A name applies to the elements
 * of a list, even without `[*]`, and `[*]` to a single element without its list, and to lists within lists.
 */
function edit(value: unknown, path: readonly Step[], replace: (value: unknown) => unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return replace(value);
  if (value === null || typeof value !== 'object' || isLosslessNumber(value)) return value;
  if (Array.isArray(value)) return editList(value, path, replace);
  if (step !== EACH) return Object.hasOwn(value, step) ? editField(value, step, rest, replace) : value;
  // One element may come without the list around it. First as a whole, so that nothing is hashed again.
  const whole = typeof rest[0] === 'string' ? (edit(value, rest, replace) as object) : value;
  return Object.fromEntries(
    Object.entries(whole)
      .map(([key, item]) => [key, edit(item, rest, replace)])
      .filter(([, item]) => item !== undefined),
  );
}

/** The same for a list. Lists within it do not recurse, so hostile nesting cannot overflow the stack. */
function editList(
  list: readonly unknown[],
  path: readonly Step[],
  replace: (value: unknown) => unknown,
): unknown[] {
  const copy: unknown[] = [];
  const open = [{ from: list, to: copy, path }];
  for (let next = open.pop(); next; next = open.pop()) {
    const inner = next.path[0] === EACH ? next.path.slice(1) : next.path;
    for (const item of next.from) {
      if (Array.isArray(item) && inner.length > 0) {
        const to: unknown[] = [];
        next.to.push(to);
        open.push({ from: item, to, path: inner });
        continue;
      }
      const edited = edit(item, inner, replace);
      if (edited !== undefined) next.to.push(edited);
    }
  }
  return copy;
}

/** Not by entries, which take long for an object with many fields. */
function editField(
  value: object,
  field: string,
  rest: readonly Step[],
  replace: (value: unknown) => unknown,
): object {
  const edited = edit(Reflect.get(value, field), rest, replace);
  const copy = { ...value };
  if (edited === undefined) Reflect.deleteProperty(copy, field);
  // Not an assignment: a record may have a field named __proto__.
  else Object.defineProperty(copy, field, { value: edited });
  return copy;
}

/** The redacted log with its message and its primary event taken from what is left of the record. */
function deriveAnew(log: Log, redacted: Log): Log {
  const { message: _, ...others } = redacted;
  const text = redacted.alert ? redacted.alert['summaryLine'] : redacted['details'];
  const { primary_event: _event, ...block } = redacted.valence_forwarder;
  const event = primaryEventOf(log, redacted);
  return {
    ...others,
    ...(typeof text === 'string' && { message: text }),
    valence_forwarder: { ...block, ...(event && { primary_event: event }) },
  };
}

/** The primary event is the same as without redaction. */
function primaryEventOf(log: Log, redacted: Log): JsonObject | undefined {
  const index = log.alert && primaryEventIndex(log.alert);
  const events = redacted.alert?.['events'];
  const event: unknown = index !== undefined && Array.isArray(events) ? events[index] : undefined;
  return event === undefined ? undefined : primaryEvent(event);
}

/**
 * The redacted log, marked if the role in its sentence is another one now. A role is searched if people may have chosen it, and then
 * whoever calls himself "Admin" would take it from the log of an administrator who was added: the rule goes by the mark, too.
 */
function withRoleMarked({ message = '' }: Log, redacted: Log): Log {
  if (!isRoleRedacted(message, redacted.message)) return redacted;
  return { ...redacted, valence_forwarder: { ...redacted.valence_forwarder, role_redacted: true } };
}

/**
 * The log without the noted values in any text but those that are kept, and those of the alert type: no person is in them, and
 * someone who calls himself "Critical" must not take the severity from his alerts.
 */
function cleaned({ alert_type_details, ...others }: Log, texts: RedactedTexts, kept: KeptPlaces): Log {
  const log = texts.clean<Log>(others, kept);
  return alert_type_details === undefined ? log : { ...log, alert_type_details };
}
