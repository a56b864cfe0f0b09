import { describe, expect, it } from 'vitest';
import type { Dashboard, Layout, QueryWidget } from '../../../../infra/datadog/dashboard-types.ts';
import { COLUMNS, GROUP_TITLE_UNITS, SCREEN_UNITS } from '../../../../infra/datadog/dashboards/board.ts';
import { TITLES } from '../../../../infra/datadog/dashboards/links.ts';
import { asksQueries } from '../../../../infra/datadog/dashboards/widgets.ts';
import { DASHBOARDS } from '../../../../infra/datadog/dashboards.ts';
import { FACTS } from '../../../../infra/datadog/facts.ts';
import { linksIn } from '../../../../lambda/content-installer/board-link.ts';
import { definitionsOf, searchesOf } from '../../../../tools/datadog/evaluator/widget-queries.ts';
import { dashboard as dashboardRules } from '../../../../tools/stand-ins/datadog/content-kinds/dashboard.ts';

/** What CloudFormation can deliver in one event, which contains the old and the new body. */
const MAX_BODY_BYTES = 110_000;

const boards = Object.entries(DASHBOARDS);
const definitions = definitionsOf;
const groupsOf = ({ widgets }: Dashboard) =>
  widgets.flatMap(({ definition, layout }) =>
    definition.type === 'group' ? [{ ...definition, layout }] : [],
  );

/** Each grid of a board: its own, and that of each group. */
const gridsOf = (dashboard: Dashboard): (readonly { layout: Layout }[])[] => [
  dashboard.widgets,
  ...groupsOf(dashboard).map(({ widgets }) => widgets),
];

const bottomOf = (grid: readonly { layout: Layout }[]) =>
  Math.max(...grid.map(({ layout }) => layout.y + layout.height));

const overlap = (a: Layout, b: Layout) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

it('there are an overview, insights into alerts and audit logs, and the health of the forwarder', () => {
  expect(Object.keys(DASHBOARDS)).toEqual([
    'overview',
    'alert-insights',
    'audit-insights',
    'forwarder-health',
  ]);
});

it('no two boards have the same title', () => {
  expect(new Set(boards.map(([, { title }]) => title)).size).toBe(boards.length);
});

describe.each(boards)('%s', (key, dashboard) => {
  it('has Datadog’s fixed layout, and no tags except teams', () => {
    expect(dashboard).toMatchObject({ layout_type: 'ordered', reflow_type: 'fixed' });
    expect(dashboard.tags.filter((tag) => !tag.startsWith('team:'))).toEqual([]);
    expect(dashboard.description).not.toBe('');
  });

  it('places every widget on the grid, with whole numbers', () => {
    for (const { layout } of gridsOf(dashboard).flat()) {
      expect(Object.values(layout).every(Number.isInteger)).toBe(true);
      expect(Math.min(layout.x, layout.y)).toBeGreaterThanOrEqual(0);
      expect(Math.min(layout.width, layout.height)).toBeGreaterThanOrEqual(1);
      expect(layout.x + layout.width).toBeLessThanOrEqual(COLUMNS);
    }
  });

  it('places no widget over another', () => {
    for (const grid of gridsOf(dashboard)) {
      const layouts = grid.map(({ layout }) => layout);
      const pairs = layouts.flatMap((a, index) => layouts.slice(index + 1).map((b) => [a, b] as const));
      expect(pairs.filter(([a, b]) => overlap(a, b))).toEqual([]);
    }
  });

  it('leaves no hole on the grid', () => {
    for (const grid of gridsOf(dashboard)) {
      const area = grid.reduce((sum, { layout }) => sum + layout.width * layout.height, 0);
      expect(area).toBe(COLUMNS * bottomOf(grid));
    }
  });

  it('folds into groups with titles, each as high as its widgets and their title', () => {
    const groups = groupsOf(dashboard);
    expect(groups.length).toBeGreaterThan(1);
    for (const { title, show_title, layout, widgets } of groups) {
      expect(show_title && title).toMatch(/\S/);
      expect(layout.height).toBe(bottomOf(widgets) + GROUP_TITLE_UNITS);
    }
    const titles = groups.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('has at most two screens before the first group, none after a group, and no group higher than that', () => {
    const [first, ...others] = groupsOf(dashboard);
    expect(first?.layout.y).toBeLessThanOrEqual(2 * SCREEN_UNITS);
    for (const { layout } of [first, ...others].filter((group) => group !== undefined)) {
      expect(layout.height).toBeLessThanOrEqual(2 * SCREEN_UNITS);
    }
    const kinds = dashboard.widgets.map(({ definition }) => definition.type === 'group');
    expect(kinds.slice(kinds.indexOf(true))).not.toContain(false);
  });

  it('gives every widget a unique title', () => {
    const titles = definitions(dashboard).flatMap((definition) =>
      definition.type === 'note' ? [] : [definition.title],
    );
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
    expect(titles).not.toContain('');
  });

  it('uses exactly its template variables', () => {
    const used = definitions(dashboard)
      .flatMap(searchesOf)
      .flatMap((search) => [...search.matchAll(/\$([a-z_]+)/g)].map(([, name]) => name));
    expect([...new Set(used)].sort()).toEqual(dashboard.template_variables.map(({ name }) => name).sort());
  });

  it('applies every template variable in every widget of the forwarder’s logs', () => {
    const names = dashboard.template_variables.map(({ name }) => name);
    const searches = definitions(dashboard)
      .filter((definition) => !JSON.stringify(definition).includes('security_signals'))
      .flatMap(searchesOf)
      // Logs of another sender have no tag of the forwarder.
      .filter((search) => !search.includes('-@valence_forwarder.fingerprint:*'));
    for (const search of searches) {
      expect(names.filter((name) => !`${search} `.includes(`$${name} `))).toEqual([]);
    }
  });

  it('uses only its own queries in formulas', () => {
    const requests = definitions(dashboard)
      .filter((definition): definition is QueryWidget => asksQueries(definition))
      .flatMap((definition): readonly QueryWidget['requests'][number][] => definition.requests);
    expect(requests.length).toBeGreaterThan(0);
    for (const { queries, formulas } of requests) {
      const names = queries.map(({ name }) => name);
      const used = formulas.flatMap(({ formula }) => formula.match(/\b[a-z]\w*\b(?!\()/g) ?? []);
      expect([...new Set(used)].sort()).toEqual(names.sort());
    }
  });

  it('groups by at most one facet, because logs that lack one of several are left out', () => {
    const groups = definitions(dashboard)
      .filter(asksQueries)
      .flatMap(({ requests }) => requests.flatMap(({ queries }) => queries.map(({ group_by }) => group_by)));
    for (const group of groups) expect(group.length).toBeLessThanOrEqual(1);
  });

  it('takes the same rows for every column of a table, by the first column', () => {
    const tables = definitions(dashboard).filter((definition) => definition.type === 'query_table');
    for (const { requests } of tables) {
      for (const { queries, sort } of requests) {
        const groups = queries.map(({ group_by }) => JSON.stringify(group_by));
        expect(new Set(groups).size).toBe(1);
        expect(queries[0]?.group_by[0]).toMatchObject({
          limit: 1000,
          sort: { ...queries[0]?.compute, order: 'desc' },
        });
        expect(sort).toEqual({ count: 1000, order_by: [{ type: 'formula', index: 0, order: 'desc' }] });
      }
    }
  });

  it('has no blank cell for a row of which a column counts nothing', () => {
    const tables = definitions(dashboard).filter((definition) => definition.type === 'query_table');
    const formulas = tables.flatMap(({ requests }) => requests.flatMap((request) => request.formulas));
    for (const { formula } of formulas) {
      expect(formula.replaceAll(/default_zero\(\w+\)/g, '0')).toMatch(/^0( [-+] 0)*$/);
    }
  });

  it('never groups people by an e-mail address, which some lack', () => {
    const facets = definitions(dashboard)
      .filter(asksQueries)
      .flatMap(({ requests }) => requests.flatMap(({ queries }) => queries.map(({ group_by }) => group_by)))
      .flatMap((group) => group.map(({ facet }) => facet));
    expect(facets.filter((facet) => facet.endsWith('email'))).toEqual([]);
  });

  it('hands the value that was clicked, the tenant and the time frame on in links to logs', () => {
    for (const definition of definitions(dashboard).filter(asksQueries)) {
      const facet = definition.requests[0]?.queries[0]?.group_by[0]?.facet;
      const links = (definition.custom_links ?? []).map(({ link }) => link);
      for (const link of links.filter((each) => each.startsWith('/logs?'))) {
        expect(link).toContain('&from_ts={{timestamp_start}}&to_ts={{timestamp_end}}');
        expect(link).toContain(`{{${facet}.value}}`);
        expect(link).toContain('{{$tenant}}');
      }
    }
  });

  it('links every person and every address to the logs and to the other boards that show them', () => {
    const grouped = definitions(dashboard)
      .filter(asksQueries)
      .filter(({ type, requests }) => {
        const facet = requests[0]?.queries[0]?.group_by[0]?.facet;
        return (
          ['query_table', 'toplist'].includes(type) && [FACTS.actor, FACTS.ip].some((each) => each === facet)
        );
      });
    for (const { title, custom_links = [] } of grouped) {
      const boardLinks = custom_links.flatMap(
        ({ link }) => /^\/dashboard\S+?q=([^&]+)/.exec(link)?.[1] ?? [],
      );
      const others = Object.entries(TITLES).filter(
        ([other]) => other !== key && other !== 'forwarder-health',
      );
      expect([title, ...boardLinks.map(decodeURIComponent)]).toEqual([
        title,
        ...others.map(([, name]) => `"${name}"`),
      ]);
      expect(custom_links.length).toBeGreaterThan(boardLinks.length);
    }
  });

  it('hands the value, the tenant and the time frame on to variables that the other board has', () => {
    const links = definitions(dashboard)
      .filter(asksQueries)
      .flatMap(({ requests, custom_links = [] }) =>
        custom_links.map(({ link }) => ({ link, facet: requests[0]?.queries[0]?.group_by[0]?.facet })),
      )
      .filter(({ link }) => link.startsWith('/dashboard/'));
    for (const { link, facet } of links) {
      const { searchParams } = new URL(link, 'https://example.com');
      expect(searchParams.get('from_ts')).toBe('{{timestamp_start}}');
      expect(searchParams.get('to_ts')).toBe('{{timestamp_end}}');
      const variables = Object.fromEntries(
        [...searchParams].flatMap(([name, value]) =>
          name.startsWith('tpl_var_') ? [[name.replace('tpl_var_', ''), value]] : [],
        ),
      );
      const board = DASHBOARDS[searchParams.get('board') as keyof typeof DASHBOARDS];
      const handedOn = board.template_variables.find(({ prefix }) => prefix === facet)?.name ?? 'none';
      expect(variables).toEqual({ tenant: '{{$tenant.value}}', [handedOn]: `{{${facet}.value}}` });
      expect(linksIn({ link })).toHaveLength(1);
    }
  });

  it('can pick everyone whom a table of people shows', () => {
    const user = dashboard.template_variables.find(({ name }) => name === 'user');
    if (user) expect(user.prefix).toBe(FACTS.actor);
  });

  it('links to every other board, to the logs and to Valence', () => {
    const notes = definitions(dashboard).flatMap((definition) =>
      definition.type === 'note' ? [definition.content] : [],
    );
    const text = notes.join('\n');
    for (const [other, title] of Object.entries(TITLES)) {
      const link = `/dashboard/lists?q=${encodeURIComponent(`"${title}"`)}&board=${other})`;
      expect(text.includes(link)).toBe(other !== key);
    }
    expect(text).toContain('(/logs?query=');
    expect(text).toContain('https://app.valencesecurity.com');
    expect(text).toContain('https://appeu.valencesecurity.com');
  });

  it('is accepted, and not with a widget without a place in a group', () => {
    const body = JSON.parse(JSON.stringify(dashboard));
    expect(dashboardRules.problems(body)).toEqual([]);
    const group = body.widgets.find(
      ({ definition }: Dashboard['widgets'][number]) => definition.type === 'group',
    );
    delete group.definition.widgets[0].layout;
    expect(dashboardRules.problems(body)).toHaveLength(1);
  });

  it('is plain JSON within CloudFormation’s size limit', () => {
    const json = JSON.stringify(dashboard);
    expect(JSON.parse(json)).toEqual(dashboard);
    expect(json.length).toBeLessThan(MAX_BODY_BYTES);
  });
});
