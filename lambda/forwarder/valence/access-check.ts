import type { Stream } from '../../contract.ts';
import type { Clock } from '../../shared/clock.ts';
import type { CallOptions, Page, Source } from '../core/ports.ts';

/**
 * Reads the first page of the last second: the key, the address and the shape of the answer are right when it comes.
 * @throws as {@link Source.pages} does; the error says what to fix
 */
export async function checkValenceAccess(
  source: Source,
  stream: Stream,
  clock: Clock,
  call: CallOptions,
): Promise<Page | undefined> {
  const now = Math.floor(clock.wall() / 1000);
  for await (const page of source.pages(stream, { from: now - 1, to: now }, call)) {
    // Only records that were read are known to be JSON.
    return { ...page, records: [...page.records] };
  }
  return undefined;
}
