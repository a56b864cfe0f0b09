import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A board has thousands of elements: what is right is not described, and the page has no frames. */
const OPTIONS: RunOptions = { resultTypes: ['violations'], iframes: false };

/** What makes a page hard to use for people with impairments, as far as a program can tell: `rule: element`, the worst only. */
export async function seriousProblems(page: Page): Promise<string[]> {
  // Not as a script element, which the page's content security policy forbids.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(OPTIONS)})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
