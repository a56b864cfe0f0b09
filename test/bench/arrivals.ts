import { DAY_SECONDS } from '../../lambda/limits.ts';
import type { Random } from '../simulation/random.ts';

/** When events happen on an ordinary day. */

/** The rate of events at night, as a share of the peak. In between it rises and falls as a sine. */
const LOWEST_RATE = 0.1;

/** The second of a day at which an event happens: rarely at its beginning and end, most often in its middle. */
export function secondOfDay(random: Random): number {
  for (;;) {
    const second = random.between(0, DAY_SECONDS);
    const rate = (1 - Math.cos((2 * Math.PI * second) / DAY_SECONDS)) / 2;
    if (random.chance(LOWEST_RATE + (1 - LOWEST_RATE) * rate)) return second;
  }
}
