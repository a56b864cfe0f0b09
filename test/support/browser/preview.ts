import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { type ServedPreview, servePreview } from '../../../tools/preview/serve.ts';
import { sampleLogs } from '../preview-sample.ts';
import { startBrowser } from './page.ts';

/** A browser, and the page over sample records, for all tests of a file. */
export function useBrowser(): { browser: Browser; preview: ServedPreview } {
  const used = {} as { browser: Browser; preview: ServedPreview };
  beforeAll(async () => {
    const logs = sampleLogs({ alerts: 120, auditLogs: 600 });
    [used.browser, used.preview] = await Promise.all([
      startBrowser(),
      servePreview({ logs, origin: 'a test', isSample: true }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([used.browser?.close(), used.preview?.close()]);
  });
  return used;
}
