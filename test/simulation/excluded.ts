import type { Random } from './random.ts';
import { messageOf } from './record-changes.ts';
import { identityOf, type Truth } from './truth.ts';

/** What the setting `exclude` leaves out, by message: sometimes a share of the records, large or small; of alerts all versions, also under another time. */
export function drawExcluded(truths: readonly Truth[], random: Random): Set<string> {
  const share = random.chance(0.2) ? random.pick([0.1, 0.9]) : 0;
  const ids = new Set(truths.filter(() => random.chance(share)).map(identityOf));
  const excluded = truths.filter((truth) => ids.has(identityOf(truth)));
  return new Set(excluded.flatMap(({ versions }) => versions.map(({ record }) => messageOf(record))));
}
