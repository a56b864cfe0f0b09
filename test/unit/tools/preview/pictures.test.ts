import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DASHBOARDS } from '../../../../infra/datadog/dashboards.ts';
import { definitionsOf } from '../../../../tools/datadog/evaluator/widget-queries.ts';
import { boardPicture } from '../../../../tools/preview/pictures/board-picture.ts';
import { sampleImages } from '../../../../tools/preview/pictures/sample-images.ts';

const IMAGES = sampleImages();

describe.each(Object.entries(IMAGES))('%s', (path, image) => {
  it('is drawn from the definition as it is (`npm run docs` brings it up to date)', () => {
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8') === image).toBe(true);
  });

  it('is shown in the docs', () => {
    expect(readFileSync('docs/datadog-content.md', 'utf8')).toContain(`](${path.replace('docs/', '')})`);
  });

  it('loads nothing and runs nothing', () => {
    expect(image.match(/<script|<image|<foreignObject|href=|\son\w+=|url\((?!#)/)).toBeNull();
  });
});

it.each(Object.entries(DASHBOARDS))('the picture of %s has a place for every widget', (key, board) => {
  const image = IMAGES[`docs/images/dashboard-${key}.svg`] ?? '';
  const definitions = definitionsOf(board);
  const titles = definitions.flatMap((definition) => ('title' in definition ? [definition.title] : []));
  expect(titles.filter((title) => !image.includes(title.slice(0, 12)))).toEqual([]);
  expect(image.match(/rx="4"/g)).toHaveLength(definitions.length);
  const groups = board.widgets.flatMap(({ definition }) =>
    definition.type === 'group' ? [definition.title] : [],
  );
  expect(groups.filter((title) => !image.includes(`>${title.replace('&', '&amp;')}<`))).toEqual([]);
  expect(image.match(/rx="3"/g)).toHaveLength(groups.length);
});

it('shows values, and not only where they would be', () => {
  expect(IMAGES['docs/images/dashboard-overview.svg']).toContain('>2,640<');
  expect(IMAGES['docs/images/dashboard-forwarder-health.svg']).toContain('>144<');
});

it('the picture of the signals names some of them, and every quiet rule', () => {
  const image = IMAGES['docs/images/signals.svg'] ?? '';
  expect(image).toMatch(/>680 signals of \d+ rules:/);
  expect(image).toContain('Valence: takeover chain on ');
  expect(image).toContain('>connector fails to authenticate<');
});

it('escapes what records hold', () => {
  const value = '<script>alert("&")</script>';
  const at = (y: number) => ({ x: 0, y, width: 12, height: 4 });
  const values = { kind: 'values' as const, facet: '@a', values: [{ value, count: 1 }] };
  const row = { status: value, timestamp: 0, message: value, cells: [value] };
  const results = [
    { type: 'toplist', result: values },
    { type: 'sunburst', result: values },
    { type: 'geomap', result: values },
    {
      type: 'query_table',
      result: { kind: 'table' as const, facet: value, columns: [value], rows: [{ value, cells: [1] }] },
    },
    { type: 'list_stream', result: { kind: 'list' as const, columns: [value], rows: [row], total: 1 } },
    {
      type: 'timeseries',
      result: {
        kind: 'series' as const,
        facet: '@a',
        starts: [0],
        step: 60_000,
        series: [{ name: value, counts: [1] }],
      },
    },
  ];
  const image = boardPicture({
    key: 'overview',
    title: value,
    description: value,
    frame: { from: 0, to: 60_000 },
    variables: [],
    parts: results.map(({ type, result }, index) => ({
      kind: 'widget',
      layout: at(index * 4),
      type,
      title: value,
      links: [],
      result,
    })),
    data: {
      origin: value,
      inventedCountries: true,
      logs: 1,
      summaries: 0,
      isGrowing: false,
      span: { from: 0, to: 60_000 },
    },
  });
  expect(image).not.toContain('<script');
  expect(image).toContain('&lt;script&gt;');
});
