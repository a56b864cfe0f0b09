import type { PostedLog } from './preview-logs.ts';

const MARK = 'backfill:true';

/**
 * A log as if it had been forwarded when its record arose. Detection rules leave out what a first run or a backfill forwards, because it is
 * old and arrives all at once; the page shows what they would have raised.
 */
export function asItArose({ posted, arrival }: PostedLog): PostedLog {
  const tags = String(posted['ddtags'] ?? '').split(',');
  if (!tags.includes(MARK)) return { posted, arrival };
  return { posted: { ...posted, ddtags: tags.filter((tag) => tag !== MARK).join(',') }, arrival };
}
