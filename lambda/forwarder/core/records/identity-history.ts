import type { Stream } from '../../../contract.ts';
import { DAY_SECONDS, ledgerTtlSeconds } from '../../../limits.ts';
import type { FormerRules, IdentityHistory, IdentityRules } from '../state-ports.ts';

/** So many rules are kept at most. More changes than that within the life of the ledger can only be trials. */
const MAX_FORMER = 8;

/** Records that were dated so far ahead may have been noted under former rules, too. */
const AHEAD_SECONDS = DAY_SECONDS;

/** The rules of all versions that kept no history. Which fields were volatile then is unknown; the setting rarely changes. */
const unrecorded = (stream: Stream, { volatileFields }: IdentityRules): IdentityRules => ({
  alertKey: stream === 'alerts' ? ['vuid'] : [],
  volatileFields,
  unorderedFields: [],
});

/** The order of fields means nothing, except in a key. */
const textOf = ({ alertKey, volatileFields, unorderedFields }: IdentityRules): string =>
  JSON.stringify([alertKey, volatileFields.toSorted(), unorderedFields.toSorted()]);

/**
 * The history of a run.
 * @param known as the last run left it; undefined when that one kept none
 * @param rules of this run
 * @param now epoch seconds
 */
export function historyFor(
  stream: Stream,
  known: IdentityHistory | undefined,
  rules: IdentityRules,
  { now, lookbackSeconds }: { now: number; lookbackSeconds: number },
): IdentityHistory {
  const last = known ?? { now: unrecorded(stream, rules), former: [] };
  const present = textOf(rules);
  const former = [...last.former, { rules: last.now, until: now }]
    .filter(
      ({ rules: other, until }) =>
        textOf(other) !== present && until + ledgerTtlSeconds(lookbackSeconds) > now,
    )
    .slice(-MAX_FORMER);
  return { now: rules, former };
}

/** Whether two histories are the same. */
export const isSameHistory = (one: IdentityHistory | undefined, other: IdentityHistory): boolean =>
  one !== undefined &&
  textOf(one.now) === textOf(other.now) &&
  one.former.length === other.former.length &&
  one.former.every(({ until }, index) => until === other.former[index]?.until);

/**
 * The former rules under which the ledger may hold a record.
 * @param time of the record, epoch seconds; undefined when it has no usable time
 */
export const formerRulesOf = (
  { former }: IdentityHistory,
  time: number | undefined,
): readonly FormerRules[] =>
  former.length === 0
    ? former
    : former.filter(({ until }) => time === undefined || time < until + AHEAD_SECONDS);
