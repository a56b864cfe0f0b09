import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dashboardImages } from '../../../../infra/datadog/dashboard-images.ts';
import { drawn } from '../../../../infra/datadog/dashboards/drawing.ts';
import { DASHBOARDS } from '../../../../infra/datadog/dashboards.ts';
import { definitionsOf } from '../../../../tools/datadog/evaluator/widget-queries.ts';

describe.each(Object.entries(dashboardImages()))('%s', (path, image) => {
  it('is drawn from the definition as it is (`npm run docs` brings it up to date)', () => {
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(image);
  });

  it('is shown in the docs', () => {
    expect(readFileSync('docs/datadog-content.md', 'utf8')).toContain(`](${path.replace('docs/', '')})`);
  });
});

it.each(Object.values(DASHBOARDS))('the drawing of "$title" has a place for every widget', (board) => {
  const image = drawn(board);
  const definitions = definitionsOf(board);
  const titles = definitions.flatMap((definition) => ('title' in definition ? [definition.title] : []));
  const beginnings = titles.map((title) => title.slice(0, 12));
  expect(beginnings.filter((title) => !image.includes(title))).toEqual([]);
  expect(image.match(/rx="4"/g)).toHaveLength(definitions.length);
  const groups = board.widgets.flatMap(({ definition }) =>
    definition.type === 'group' ? [definition.title] : [],
  );
  expect(groups.filter((title) => !image.includes(`>${title.replace('&', '&amp;')}<`))).toEqual([]);
  expect(image.match(/rx="3"/g)).toHaveLength(groups.length);
});

it('escapes text in a drawing', () => {
  const title = '<script>alert("&")</script>';
  expect(drawn({ ...DASHBOARDS.overview, title })).not.toContain('<script');
});
