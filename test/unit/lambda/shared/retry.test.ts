import { describe, expect, it } from 'vitest';
import { deadlineIn, systemClock } from '../../../../lambda/shared/clock.ts';
import { withRetries } from '../../../../lambda/shared/retry.ts';

const HOUR_MS = 3_600_000;

describe('waiting for another attempt', () => {
  it('F73 ends at once when its caller aborts it, and nothing is tried again', async () => {
    const abort = new AbortController();
    const failure = new Error('Come back in an hour.');
    let attempts = 0;
    const result = withRetries(
      async () => {
        attempts++;
        return { failed: failure, retryAfterMs: HOUR_MS };
      },
      {
        clock: systemClock,
        random: () => 0.5,
        deadline: deadlineIn(systemClock, 2 * HOUR_MS),
        signal: abort.signal,
        doing: 'testing',
      },
    );

    abort.abort();

    await expect(result).rejects.toBe(failure);
    expect(attempts).toBe(1);
  });

  it('does not start when the signal is already aborted', async () => {
    const waited = systemClock.sleep(HOUR_MS, AbortSignal.abort());

    await expect(waited).resolves.toBeUndefined();
  });
});
