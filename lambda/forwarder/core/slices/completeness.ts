import { TYPICAL_LIST_CAP } from '../../../limits.ts';
import type { ListEnd, ListKnowledge } from '../ports.ts';

/** What the source returned for a slice. */
export interface ListFacts {
  /** Records of the range. */
  records: number;
  /** Records of the range and of the slack on both sides: a source that cuts lists counts them all. */
  shown: number;
  /** A sum over the identities of all records of the range: equal sums mean the same records, in whatever order. */
  identities: IdentitySum;
  /** Records further outside. */
  outside: number;
  /** The same sum over the records outside the range that are forwarded with it. */
  outsiders: IdentitySum;
  /** Of all records that these two sums are about. */
  sample: Sample;
  /** Records of the last page. */
  lastPage: number;
  end: ListEnd;
}

export const noListKnowledge = (): ListKnowledge => ({
  whole: 0,
  hasNamedPages: false,
  largestPage: 0,
  longestRange: Number.POSITIVE_INFINITY,
  longestRangeAt: 0,
  showsOutsiders: false,
  newestRefusedAt: 0,
  comparedAt: 0,
});

/** A list of one second whose size is a multiple of this, or that of the largest page, is more likely cut than whole. */
const ROUND_SIZE = 10;

/** The sums of two words of each fingerprint, modulo 2^32. */
export type IdentitySum = readonly [number, number];

const MODULUS = 2 ** 32;

export const sumOf = ([a, b]: IdentitySum, [c, d]: IdentitySum): IdentitySum => [
  (a + c) % MODULUS,
  (b + d) % MODULUS,
];

/** Whether a list showed the same records as two lists of the halves of its range. */
export function isSameAs(whole: ListFacts, [first, second]: readonly [ListFacts, ListFacts]): boolean {
  const identities = sumOf(first.identities, second.identities);
  return whole.records === first.records + second.records && isEqual(whole.identities, identities);
}

/** Everything that a list showed. */
const everything = ({ identities, outsiders }: ListFacts): IdentitySum => sumOf(identities, outsiders);

const NONE: IdentitySum = [0, 0];

const isEqual = ([a, b]: IdentitySum, [c, d]: IdentitySum): boolean => a === c && b === d;

/** How many records of a list are remembered to compare it with another. */
const SAMPLE_SIZE = 8;

/** The smallest words of the identities that a list showed: of lists of the same records they are the same. */
export type Sample = readonly number[];

export const sampleWith = (sample: Sample, word: number): Sample => {
  const last = sample.at(-1);
  if (sample.length === SAMPLE_SIZE && last !== undefined && word >= last) return sample;
  return sample.includes(word)
    ? sample
    : [...sample, word].sort((one, other) => one - other).slice(0, SAMPLE_SIZE);
};

/** Whether two lists showed mostly the same; a list whose order changes while it is read may miss some records and repeat others. */
function areAlike(one: Sample, other: Sample): boolean {
  const common = one.filter((word) => other.includes(word)).length;
  return common * 2 > Math.max(one.length, other.length);
}

/**
 * Whether a source ignores the range: both halves show records outside, and the same as each other. Where records outside are not
 * forwarded, they are not compared either.
 */
export const ignoresRange = ([first, second]: readonly [ListFacts, ListFacts]): boolean => {
  if (first.outside === 0 || second.outside === 0) return false;
  const areCompared = [first, second].some(({ outsiders }) => !isEqual(outsiders, NONE));
  return !areCompared || areAlike(first.sample, second.sample);
};

/** The same as {@link isSameAs} where the source goes by another time than the one in its records. */
export const isSameWithOutsiders = (
  whole: ListFacts,
  [first, second]: readonly [ListFacts, ListFacts],
): boolean => isEqual(everything(whole), sumOf(everything(first), everything(second)));

/** Whether a list is complete as far as the source's own statements and earlier proofs tell. */
export function isTrusted(known: ListKnowledge, { shown, end, lastPage }: ListFacts): boolean {
  if (end === 'cut') return false;
  // Below, not up to: a list of just the size at which the source cuts may have been complete by chance.
  if (end === 'stated' || shown < known.whole) return true;
  return end === 'unstated' && known.hasNamedPages && lastPage < known.largestPage;
}

/** Whether a list shows nothing of its range, and too little for one that was cut. */
export const isEmpty = ({ records, shown, outside }: ListFacts): boolean =>
  records === 0 && shown + outside < ROUND_SIZE;

/** Whether a list of one second, which cannot be divided, looks as if it was cut. */
export const isSecondCut = (known: ListKnowledge, { shown, end }: ListFacts): boolean =>
  end === 'cut' ||
  (shown >= Math.max(known.whole, ROUND_SIZE) &&
    (end === 'abrupt' || shown === known.largestPage || shown % ROUND_SIZE === 0));

/** Whether a list that no division can prove has a size at which services cut lists. */
export const hasTypicalCap = (size: number): boolean => size > 0 && size % TYPICAL_LIST_CAP === 0;
