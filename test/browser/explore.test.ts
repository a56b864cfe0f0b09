import { describe, expect, it } from 'vitest';
import { DASHBOARDS } from '../../infra/datadog/dashboards.ts';
import type { Readiness } from '../../tools/preview/api.ts';
import { postedLogs } from '../../tools/preview/data/preview-logs.ts';
import type { FoundLogs } from '../../tools/preview/explore/answers.ts';
import { servePreview } from '../../tools/preview/serve.ts';
import { seriousProblems } from '../support/browser/axe.ts';
import { openPage, screenshot, settled, WINDOWS } from '../support/browser/page.ts';
import { useBrowser } from '../support/browser/preview.ts';
import { NOW } from '../support/outside-world.ts';
import { UNSAFE } from '../support/preview-records.ts';
import { sampleLogs } from '../support/preview-sample.ts';

const PAGES = ['logs', 'signals', 'forwarder'];

const used = useBrowser();

describe.each(PAGES)('the page %s', (name) => {
  it.each(['wide', 'narrow'] as const)(
    'draws in a %s window without a complaint or a serious obstacle',
    async (window) => {
      const { page, complaints } = await openPage(used.browser, `${used.preview.address}#/${name}`, {
        window,
      });

      await screenshot(page, `${name}-${window}`);

      expect(complaints).toEqual([]);
      expect(await seriousProblems(page)).toEqual([]);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        WINDOWS[window].width,
      );
    },
  );
});

it('tells how far it is until it can show something', async () => {
  const { page, complaints } = await openPage(used.browser, 'about:blank', { settles: false });
  const states: Readiness[] = [
    { isReady: false, logs: { done: 20_000, all: 90_000 }, rules: { done: 0, all: 28 } },
    { isReady: false, logs: { done: 90_000, all: 90_000 }, rules: { done: 7, all: 28 } },
  ];
  await page.route('**/api/ready?*', (route) =>
    states[0] ? route.fulfill({ json: states[0] }) : route.continue(),
  );
  await page.goto(`${used.preview.address}#/boards/overview`);

  const main = page.getByRole('main');
  await main.getByText('20,000 of 90,000').waitFor();
  expect(await main.getByLabel('Reading logs').getAttribute('value')).toBe('20000');
  expect(await seriousProblems(page)).toEqual([]);
  states.shift();
  await main.getByText('7 of 28').waitFor();
  states.shift();
  await main.getByRole('heading', { level: 1 }).waitFor();
  expect(complaints).toEqual([]);
});

it('a search narrows the logs to as many as the server finds', async () => {
  const query = 'service:alerts';
  const found = await fetch(`${used.preview.address}api/logs?${new URLSearchParams({ query })}`);
  const { total } = (await found.json()) as { total: number };
  const { page, complaints } = await openPage(used.browser, `${used.preview.address}#/logs`);

  await page.getByRole('searchbox').fill(query);
  await page.keyboard.press('Enter');

  await expect.poll(() => page.locator('output').textContent()).toContain(`${total} logs`);
  expect(total).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
});

it('characters that change the direction of a text are shown, not obeyed', async () => {
  const details = 'ann\u202Egro.live@nna signed in';
  const record = { actor: 'ann', action: 'User signed in', details, timeEpoch: NOW };
  const odd = await servePreview({
    logs: postedLogs([{ stream: 'audit-logs', record }], undefined, NOW),
    origin: 'a test',
    isSample: false,
  });
  try {
    const { page } = await openPage(used.browser, `${odd.address}#/logs`);
    await page.locator('.logs .message button').first().click();

    await page.locator('.whole-message', { hasText: 'ann\\u202egro.live@nna' }).waitFor();
  } finally {
    await odd.close();
  }
});

it('logs that arrive are shown when the user wants it', async () => {
  const logs = sampleLogs({ alerts: 2, auditLogs: 20 });
  const growing = await servePreview({
    logs: logs.slice(0, 5),
    origin: 'a test',
    isSample: true,
    isGrowing: true,
  });
  try {
    const { page } = await openPage(used.browser, `${growing.address}#/logs`);
    await page.getByText('Preview of 5 records').waitFor();
    growing.add(logs.slice(5));

    await page.getByRole('button', { name: 'Show them' }).click();

    await page.getByText(`Preview of ${logs.length} records`).waitFor();
    await expect.poll(() => page.locator('output').textContent()).toContain(`${logs.length} logs`);
  } finally {
    await growing.close();
  }
});

it('a wrong search says what is wrong', async () => {
  const { page } = await openPage(used.browser, `${used.preview.address}#/logs`);

  await page.getByRole('searchbox').fill('(service:alerts');
  await page.keyboard.press('Enter');

  await expect.poll(() => page.locator('#search-problem').textContent()).not.toBe('');
});

it('records with markup stay text on every page', async () => {
  const hostile = await servePreview({
    logs: postedLogs(UNSAFE, undefined, NOW),
    origin: '<b>a test</b>',
    isSample: false,
  });
  try {
    const { logs } = (await (await fetch(`${hostile.address}api/logs`)).json()) as FoundLogs;
    const places = [
      ...Object.keys(DASHBOARDS).map((key) => `boards/${key}`),
      ...PAGES,
      ...logs.map(({ id }) => `logs?log=${id}`),
    ];
    const { page, complaints } = await openPage(used.browser, `${hostile.address}#/boards/overview`);
    for (const place of places) {
      await page.goto(`${hostile.address}#/${place}`);
      await settled(page);
      const made = 'img, script:not([src]), [onerror], [onload], [onclick], [href^="javascript:"]';
      expect([place, await page.locator(`body`).locator(made).count()]).toEqual([place, 0]);
    }

    expect(await page.title()).toMatch(/^[A-Z][a-z]+ – Valence in Datadog, a preview$/);
    expect(logs).toHaveLength(UNSAFE.length);
    expect(complaints).toEqual([]);
    await expect.poll(() => page.getByText('<script>document.title = 1</script>').count()).toBeGreaterThan(0);
  } finally {
    await hostile.close();
  }
});
