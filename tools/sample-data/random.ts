/** A deterministic source of random numbers: the same seed gives the same numbers on every machine. */
export interface Random {
  /** A whole number in [min, max]. */
  whole(min: number, max: number): number;
  /** Whether an event of the given probability happens. */
  chance(probability: number): boolean;
  /** One of the items. */
  pick<T>(items: readonly [T, ...T[]]): T;
  /** Lower-case hex digits. */
  hex(digits: number): string;
  /** An identifier of the form of a UUID. */
  uuid(): string;
}

/** Mulberry32 by Tommy Ettinger: 32 bits of state, fast, and good enough to make up records. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random source for a seed, a whole number below 2^32. */
export function seededRandom(seed: number): Random {
  const next = mulberry32(seed);
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const word = () =>
    Math.floor(next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  const hex = (digits: number) => {
    let text = '';
    while (text.length < digits) text += word();
    return text.slice(0, digits);
  };
  return {
    whole,
    chance: (probability) => next() < probability,
    pick: (items) => items[whole(0, items.length - 1)] ?? items[0],
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}
