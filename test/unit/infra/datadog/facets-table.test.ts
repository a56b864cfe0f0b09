import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DASHBOARDS } from '../../../../infra/datadog/dashboards.ts';
import { withFacets } from '../../../../infra/datadog/facets-table.ts';
import {
  BUILT_IN_COLUMNS,
  definitionsOf,
  queriesOf,
} from '../../../../tools/datadog/evaluator/widget-queries.ts';
import { facetValues } from '../../../../tools/datadog/interpreter/query/match.ts';
import { sampleRuns } from '../../../support/datadog/sample-logs.ts';

const DOCUMENT = readFileSync('docs/datadog-content.md', 'utf8');

const definitions = Object.values(DASHBOARDS).flatMap(definitionsOf);

it('the docs name the facets and measures as they are (`npm run docs` brings them up to date)', () => {
  expect(DOCUMENT).toBe(withFacets(DOCUMENT));
});

it('every attribute that a board groups by and that is none of Datadog’s own is in the list, with the board', () => {
  const grouped = Object.values(DASHBOARDS).flatMap((board) =>
    definitionsOf(board)
      .flatMap(queriesOf)
      .flatMap(({ group_by }) => group_by.map(({ facet }) => ({ facet, title: board.title }))),
  );
  const own = grouped.filter(({ facet }) => /^@(alert|valence_forwarder|streams|lag|errors)/.test(facet));
  expect(own.length).toBeGreaterThan(20);
  for (const { facet, title } of own) {
    const row = DOCUMENT.split('\n').find((line) => line.startsWith(`| \`${facet}\` | facet |`));
    expect([facet, row]).toEqual([facet, expect.stringContaining(title.replace('Valence: ', ''))]);
  }
  expect(DOCUMENT).not.toMatch(/\| `(?!@)\w+` \| facet/);
  expect(DOCUMENT).not.toMatch(/\| `@(usr|evt|network|workflow)\./);
});

it('every number that a list shows of a run is in the list as a measure, and nothing else is', () => {
  const columns = definitions.flatMap((definition) =>
    definition.type === 'list_stream'
      ? definition.requests.flatMap((request) => request.columns.map(({ field }) => field))
      : [],
  );
  const isNumber = (field: string) =>
    sampleRuns().some((run) => facetValues(run, field).some((value) => typeof value === 'number'));
  const numbers = [...new Set(columns)].filter(
    (field) => !BUILT_IN_COLUMNS.includes(field) && isNumber(field),
  );
  const measures = [...DOCUMENT.matchAll(/^\| `(\S+)` \| measure \|/gm)].map(([, measure]) => measure);
  expect(measures.toSorted()).toEqual(numbers.toSorted());
  expect(measures).toContain('@streams.alerts.watermark_age');
});

it('the first day has every command with the site, and says where the keys come from', () => {
  const [, firstDay = ''] = /^## The first day\n(.*?)^### /ms.exec(DOCUMENT) ?? [];
  const commands = [...firstDay.matchAll(/`(npm run datadog[^`]*)`/g)].map(([, command]) => command);
  expect(commands.length).toBeGreaterThan(1);
  for (const command of commands) expect(command).toContain('-c datadogSite=');
  expect(firstDay).toContain('export DD_API_KEY=... DD_APP_KEY=...');
});
