import { Duration } from 'aws-cdk-lib';

const DEFAULT_TIMEOUT_SECONDS = 240;

/** A lease outlives its run's timeout by this much, and has to end before the next run starts. */
const LEASE_MARGIN_SECONDS = 20;

const SPARE_SECONDS = 5;

/** The function's timeout when nobody set one: 240 s, less where runs follow each other faster. */
export const defaultTimeout = (interval: Duration): Duration =>
  Duration.seconds(
    Math.min(DEFAULT_TIMEOUT_SECONDS, interval.toSeconds() - LEASE_MARGIN_SECONDS - SPARE_SECONDS),
  );

/** Whether the lease of a run that used all its time ends before the next run starts. */
export const fitsInterval = (timeout: Duration, interval: Duration): boolean =>
  timeout.toSeconds() + LEASE_MARGIN_SECONDS < interval.toSeconds();
