import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { failureSignOf } from '../../lambda/forwarder/valence/failure-signs.ts';
import { type Sample, timesOf } from './find-list.ts';
import type { Probe } from './probe.ts';
import { recordsAt } from './response-body.ts';

/** How an API answers a range without records. */

/** A gap between two records that leaves room for a range and its slack. */
const MIN_GAP_SECONDS = 12;

/** A range between two records of a sample. */
function gapIn(times: readonly number[]): Range | undefined {
  const gaps = times.flatMap((time, index) => {
    const next = times[index + 1];
    return next === undefined || next - time < MIN_GAP_SECONDS ? [] : [{ from: time + 4, to: next - 4 }];
  });
  return gaps.sort((one, other) => one.to - one.from - (other.to - other.from))[0];
}

/** Asks for a range between two neighbouring records. */
export async function findEmpty(probe: Probe, { records }: Sample): Promise<void> {
  const range = gapIn(timesOf(probe, records));
  if (!range) return;
  const { profile } = probe;
  const name = 'emptyStatuses';
  const reply = await probe.ask.page(profile, range);
  const { status, answer } = reply;
  if (status === 404 || status === 410) {
    if ((profile.emptyStatuses as number[]).includes(status)) {
      probe.matched(name, `a range without records is answered with ${status}`);
      return;
    }
    probe.corrected(name, `a range without records is answered with ${status}`, {
      emptyStatuses: [...profile.emptyStatuses, status],
    });
    return;
  }
  if (!answer || failureSignOf(answer.body) !== undefined) return;
  // By the time of the last change, a gap between two creations may hold records.
  const isFull = (recordsAt(answer.body, profile) ?? []).length > 0;
  if (profile.timeFilter === 'update' && isFull) return;
  if (status === 204 || recordsAt(answer.body, profile)) {
    probe.matched(name, 'a range without records is an empty list');
    return;
  }
  if (profile.itemsMayBeAbsent) probe.matched('itemsMayBeAbsent', 'a range without records has no list');
  else {
    probe.corrected('itemsMayBeAbsent', 'a range without records is answered without a list', {
      itemsMayBeAbsent: true,
    });
  }
}
