import { expect, it } from 'vitest';
import { DASHBOARDS } from '../../infra/datadog/dashboards.ts';
import { seriousProblems } from '../support/browser/axe.ts';
import { openPage, screenshot } from '../support/browser/page.ts';
import { useBrowser } from '../support/browser/preview.ts';

const used = useBrowser();

/** The colours of an operating system. */
const THEMES = ['light', 'dark'];

it.each(Object.keys(DASHBOARDS).flatMap((key) => THEMES.map((theme) => [key, theme])))(
  'the board %s has no serious obstacle for people with impairments in %s colours',
  async (key, theme) => {
    const dark = theme === 'dark';
    const { page } = await openPage(used.browser, `${used.preview.address}#/boards/${key}`, { dark });

    expect(await seriousProblems(page)).toEqual([]);
    if (dark) await screenshot(page, `board-${key}-dark`);
  },
);
