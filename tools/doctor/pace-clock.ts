import { type Clock, systemClock } from '../../lambda/shared/clock.ts';

/** The clock that paces the doctor's requests to Valence. A file of its own, so that the tools' tests can replace it. */
export const paceClock: Clock = systemClock;
