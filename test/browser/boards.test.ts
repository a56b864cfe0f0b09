import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { DASHBOARDS } from '../../infra/datadog/dashboards.ts';
import { whole } from '../../tools/preview/page/shell/format.ts';
import { openPage, screenshot, settled, WINDOWS } from '../support/browser/page.ts';
import { useBrowser } from '../support/browser/preview.ts';
import { boardOf, widgetsOf } from '../support/datadog/preview-board.ts';

/** A longer table shows the rest when it is asked for. */
const ROWS_AT_FIRST = 50;

const KEYS = Object.keys(DASHBOARDS) as (keyof typeof DASHBOARDS)[];

const used = useBrowser();

/** How much of the page has moved while it was loaded: what browsers call the cumulative layout shift, of which 0.1 is good. */
const MOVED = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0));
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(0), 500);
})`;

const widget = (page: Page, title: string) => page.getByRole('article', { name: title, exact: true });

/** The number that a widget shows, in full. */
const numberIn = (page: Page, title: string) => widget(page, title).locator('.number').getAttribute('title');

describe.each(KEYS)('the board %s', (key) => {
  it('draws every widget as the evaluator says, with requests to this machine only', async () => {
    const { page, complaints, requests } = await openPage(
      used.browser,
      `${used.preview.address}#/boards/${key}`,
    );
    const shown = widgetsOf(await boardOf(used.preview, key));

    await screenshot(page, `board-${key}`);

    expect(complaints).toEqual([]);
    expect(requests.filter((url) => new URL(url).origin !== new URL(used.preview.address).origin)).toEqual(
      [],
    );
    expect(await page.getByRole('article').count()).toBe(shown.length);
    const notDrawn = shown.filter(({ result }) => result.kind === 'not-drawn');
    expect(await page.getByText('Not in the preview.').count()).toBe(notDrawn.length);
    for (const { title, type, result } of shown) {
      const element = widget(page, title);
      if (result.kind === 'value') {
        expect([title, await numberIn(page, title)]).toEqual([title, whole(result.value ?? Number.NaN)]);
      }
      if (result.kind === 'values' && type === 'toplist' && result.values.length > 0) {
        const counts = await element.locator('.count').allTextContents();
        expect([title, counts]).toEqual([title, result.values.map(({ count }) => whole(count))]);
      }
      if (result.kind === 'table' && result.rows.length > 0) {
        const rows = Math.min(result.rows.length, ROWS_AT_FIRST);
        expect([title, await element.locator('tbody tr').count()]).toEqual([title, rows]);
      }
    }
  });

  it('fits a telephone, and nothing moves while it loads', async () => {
    const { page } = await openPage(used.browser, `${used.preview.address}#/boards/${key}`, {
      window: 'narrow',
    });

    // A picture of the whole page makes the window as high as the page, which moves what is at its end.
    const moved = await page.evaluate<number>(MOVED);
    await screenshot(page, `board-${key}-narrow`);

    expect(moved).toBeLessThan(0.1);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
      WINDOWS.narrow.width,
    );
  });
});

it('a variable narrows the counts, and is in the address', async () => {
  const { variables } = await boardOf(used.preview, 'overview');
  const user = variables.find(({ name }) => name === 'user')?.values[0] ?? '';
  const { page } = await openPage(used.browser, `${used.preview.address}#/boards/overview`);
  expect(await numberIn(page, 'People and apps seen')).not.toBe('1');

  await page.goto(`${used.preview.address}#/boards/overview?${new URLSearchParams({ 'var.user': user })}`);
  await settled(page);

  await expect.poll(() => numberIn(page, 'People and apps seen')).toBe('1');
});

it('a time frame leaves out older logs', async () => {
  const { page } = await openPage(used.browser, `${used.preview.address}#/boards/overview`);
  const all = await boardOf(used.preview, 'overview');
  const hour = { from: `${all.data.span.to - 3_600_000}`, to: `${all.data.span.to}` };
  const narrowed = widgetsOf(await boardOf(used.preview, 'overview', hour));
  const [expected] = narrowed.flatMap(({ title, result, span }) =>
    result.kind === 'value' && !span ? [{ title, value: result.value ?? Number.NaN }] : [],
  );

  await page.getByLabel('Time', { exact: false }).and(page.locator('select')).selectOption('Last hour');

  expect(expected).toBeDefined();
  await expect.poll(() => numberIn(page, expected?.title ?? '')).toBe(whole(expected?.value ?? Number.NaN));
});

it('an empty organisation shows its empty widgets', async () => {
  const { page, complaints } = await openPage(used.browser, `${used.preview.address}#/boards/overview`);

  await page.getByLabel('Empty organisation').check();

  await expect.poll(() => page.getByText('No data').count()).toBeGreaterThan(3);
  expect(complaints).toEqual([]);
});

it('groups fold and unfold with the keyboard', async () => {
  const { page } = await openPage(used.browser, `${used.preview.address}#/boards/overview`);
  const group = page.locator('.group').first();
  const button = group.getByRole('button', { expanded: true }).first();
  const before = await group.getByRole('article').count();

  await button.focus();
  await page.keyboard.press('Enter');

  expect(before).toBeGreaterThan(0);
  await expect.poll(() => group.getByRole('article').count()).toBe(0);
  await page.keyboard.press('Enter');
  await expect.poll(() => group.getByRole('article').count()).toBe(before);
});
