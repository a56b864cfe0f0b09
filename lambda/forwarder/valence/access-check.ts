import type { Stream } from '../../contract.ts';
import type { Clock } from '../../shared/clock.ts';
import type { CallOptions, Page, Source } from '../core/ports.ts';

/**
 * Reads the first page of the newest second that a run would read: the key, the address and the shape of the answer are right
 * when it comes.
 * @param settleSeconds how long a run leaves the newest seconds alone
 * @throws as {@link Source.pages} does; the error contains the fix
 */
export async function checkValenceAccess(
  source: Source,
  stream: Stream,
  clock: Clock,
  settleSeconds: number,
  call: CallOptions,
): Promise<Page | undefined> {
  const to = Math.floor(clock.wall() / 1000) - settleSeconds;
  for await (const page of source.pages(stream, { from: to - 1, to }, call)) {
    // Only records that were read are known to be JSON.
    return { ...page, records: [...page.records] };
  }
  return undefined;
}
