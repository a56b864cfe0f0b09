import { Duration } from 'aws-cdk-lib/core';
import { DEFAULT_TIMEOUT_SECONDS, LEASE_MARGIN_SECONDS } from '../lambda/limits.ts';

const SPARE_SECONDS = 5;

/** A fifth of the interval is enough to spread, and too little to make anything late. */
export const WINDOW_SHARE = 1 / 5;

const NONE = Duration.minutes(0);

/**
 * The function's timeout when none is set: 240 s, or less if the interval between runs is shorter.
 * @param window by how much a start may be delayed, so that the next may come this much sooner after it
 */
export const defaultTimeout = (interval: Duration, window: Duration = NONE): Duration =>
  Duration.seconds(
    Math.min(
      DEFAULT_TIMEOUT_SECONDS,
      interval.toSeconds() - window.toSeconds() - LEASE_MARGIN_SECONDS - SPARE_SECONDS,
    ),
  );

/** Whether the lease of a run that used all its time ends before the next run starts. */
export const fitsInterval = (timeout: Duration, interval: Duration, window: Duration = NONE): boolean =>
  timeout.toSeconds() + LEASE_MARGIN_SECONDS < interval.toSeconds() - window.toSeconds();

/**
 * The window of time that the starts of many forwarders are spread over: whole minutes, or undefined when the interval
 * leaves no room.
 * @param timeout the one that was set, if any
 */
export function spreadWindow(interval: Duration, timeout: Duration | undefined): Duration | undefined {
  let minutes = Math.floor(interval.toMinutes() * WINDOW_SHARE);
  while (minutes > 0 && timeout && !fitsInterval(timeout, interval, Duration.minutes(minutes))) minutes--;
  return minutes > 0 ? Duration.minutes(minutes) : undefined;
}
