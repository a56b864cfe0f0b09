import { HOUR_SECONDS, MAX_LOOKBACK_SECONDS, UPDATES_LOOKBACK_SECONDS } from '../../limits.ts';
import type { FunctionSetting } from '../definition.ts';
import { count, lengthOfTime } from '../kinds.ts';

const FROM_SETTLE = `0, or from SETTLE_SECONDS to ${MAX_LOOKBACK_SECONDS} seconds`;

const lookback = () => lengthOfTime(MAX_LOOKBACK_SECONDS, 'hours');

/** Which times are read. Defaults are seconds. */
export const timeSettings = {
  /**
   * How far back the very first run starts.
   * @default 12 hours
   */
  initialLookback: {
    context: 'initialLookbackHours',
    environment: 'INITIAL_LOOKBACK_SECONDS',
    value: lookback(),
    default: 12 * HOUR_SECONDS,
    description: {
      context: 'How far back the very first run starts, in hours.',
      environment: 'How far back the first run starts. Beyond 17 hours, records get a new date.',
    },
    example: { context: 5, environment: '18000' },
  },
  /**
   * How late a record may appear and still be found. Zero never looks back.
   * @default 24 hours
   */
  lookback: {
    context: 'lookbackHours',
    environment: 'LOOKBACK_SECONDS',
    value: lookback(),
    default: 24 * HOUR_SECONDS,
    description: {
      context: 'How late a record may appear and still be found, in hours; 0 never looks back.',
      environment: 'How late a record may appear and still be found; 0 never looks back.',
    },
    allowed: { ...lookback().allowed, environment: FROM_SETTLE },
    example: { context: 48, environment: '172800' },
  },
  /**
   * The same for alerts.
   * @default 30 days when `alertUpdates` is on, else as `lookback`
   */
  alertLookback: {
    context: 'alertLookbackHours',
    environment: 'ALERT_LOOKBACK_SECONDS',
    value: lookback(),
    description: {
      context: `The same for alerts. Not set: as \`lookbackHours\`, but ${UPDATES_LOOKBACK_SECONDS / HOUR_SECONDS} when \`alertUpdates\` is on.`,
      environment: `The same for alerts. Not set: as \`LOOKBACK_SECONDS\`, but ${UPDATES_LOOKBACK_SECONDS} when \`ALERT_UPDATES\` is on.`,
    },
    allowed: { ...lookback().allowed, environment: FROM_SETTLE },
    example: { context: 72, environment: '259200' },
  },
  /**
   * How long Valence may still add records to a range. Newer records are sent, but the watermark stays behind them.
   * @default 2 minutes
   */
  settle: {
    context: 'settleSeconds',
    environment: 'SETTLE_SECONDS',
    value: lengthOfTime(3600, 'seconds'),
    default: 120,
    description: {
      context:
        'How long Valence may still add records to a range. Newer records are sent at once, and read again until this has passed.',
      environment: 'How long Valence may still add records to a range, which is read again until then.',
    },
    example: { context: 60, environment: '60' },
  },
  /**
   * How long the newest records are held back before they are sent, for sources that show records before they are final.
   * @default 0
   */
  holdBack: {
    context: 'holdBackSeconds',
    environment: 'HOLD_BACK_SECONDS',
    value: lengthOfTime(3600, 'seconds'),
    default: 0,
    description: {
      context:
        'How long the newest records are held back before they are sent, in seconds: for an API whose newest records may still change or vanish.',
      environment: 'How long the newest records are held back before they are sent.',
    },
    example: { context: 60, environment: '60' },
  },
  /**
   * Ranges of time that are read concurrently while the forwarder is behind.
   * @default 4
   */
  parallelSlices: {
    context: 'parallelSlices',
    environment: 'PARALLEL_SLICES',
    value: count(1, 16),
    default: 4,
    description: {
      context: 'Ranges of time that are read concurrently while the forwarder is behind.',
      environment: 'Ranges that are read concurrently while the forwarder is behind.',
    },
    example: { context: 2, environment: '2' },
  },
} as const satisfies Record<string, FunctionSetting>;
