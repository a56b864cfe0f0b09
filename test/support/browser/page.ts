import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { chromePath } from './chrome.ts';

/** Sizes of windows, in pixels: a laptop and a telephone. */
export const WINDOWS = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } } as const;

/** Kept by CI. */
const SCREENSHOTS = 'dist/screenshots';

/** Starts the browser; to be called once for a file. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromePath(),
    // A container seldom has the rights for a sandbox, and the only pages are our own.
    args: ['--no-sandbox'],
  });

export interface OpenPage {
  page: Page;
  /** What the browser complained about: errors on the console, of scripts, and requests that failed. */
  complaints: string[];
  /** Addresses that the page asked for. */
  requests: string[];
}

/**
 * Opens an address in a window of its own, which is closed after the test.
 * @param settles whether to wait until the page shows something
 */
export async function openPage(
  browser: Browser,
  address: string,
  {
    window = 'wide',
    dark = false,
    settles = true,
  }: { window?: keyof typeof WINDOWS; dark?: boolean; settles?: boolean } = {},
): Promise<OpenPage> {
  const page = await browser.newPage({
    viewport: WINDOWS[window],
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  onTestFinished(() => page.close());
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`);
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address);
  if (settles) await settled(page);
  return { page, complaints, requests };
}

/** Waits until the page shows the answer to its latest question. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.locator('h1').first().waitFor();
  // Not by a function in the page, which Playwright would evaluate from text: the page's content security policy forbids it.
  await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
}

/** Keeps a picture of the whole page. @param name of the file, without its ending */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}
