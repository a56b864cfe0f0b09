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
  const [a, b] = sumOf(first.identities, second.identities);
  return (
    whole.records === first.records + second.records && whole.identities[0] === a && whole.identities[1] === b
  );
}

/** Whether a list is complete as far as the source's own statements and earlier proofs tell. */
export function isTrusted(known: ListKnowledge, { shown, end, lastPage }: ListFacts): boolean {
  if (end === 'cut') return false;
  // Below, not up to: a list of just the size at which the source cuts may have been complete by chance.
  if (end === 'stated' || shown < known.whole) return true;
  return end === 'unstated' && known.hasNamedPages && lastPage < known.largestPage;
}

/** Whether a list shows nothing of its range, and too little for one that was cut. */
export const isEmpty = ({ records, shown }: ListFacts): boolean => records === 0 && shown < ROUND_SIZE;

/** Whether a list of one second, which cannot be divided, looks as if it was cut. */
export const isSecondCut = (known: ListKnowledge, { shown, end }: ListFacts): boolean =>
  end === 'cut' ||
  (shown >= Math.max(known.whole, ROUND_SIZE) &&
    (end === 'abrupt' || shown === known.largestPage || shown % ROUND_SIZE === 0));

/** Whether a list that no division can prove has a size at which services cut lists. */
export const hasTypicalCap = (size: number): boolean => size > 0 && size % TYPICAL_LIST_CAP === 0;
