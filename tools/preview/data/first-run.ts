import type { LogsToCome, PostedLog } from './preview-logs.ts';

const MARK = 'backfill:true';

function asItArose({ posted, arrival }: PostedLog): PostedLog {
  const tags = String(posted['ddtags'] ?? '').split(',');
  if (!tags.includes(MARK)) return { posted, arrival };
  return { posted: { ...posted, ddtags: tags.filter((tag) => tag !== MARK).join(',') }, arrival };
}

/**
 * Logs as if each had been forwarded when its record arose. Detection rules leave out what a first run or a backfill forwards, because it is
 * old and arrives all at once; the page shows what they would have raised.
 */
export const asTheyArose = (logs: LogsToCome): LogsToCome => ({
  length: logs.length,
  *[Symbol.iterator]() {
    for (const log of logs) yield asItArose(log);
  },
});
