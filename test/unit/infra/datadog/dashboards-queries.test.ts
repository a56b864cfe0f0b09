import { describe, expect, it } from 'vitest';
import type { Dashboard, Definition, EventQuery } from '../../../../infra/datadog/dashboard-types.ts';
import { DASHBOARDS } from '../../../../infra/datadog/dashboards.ts';
import { LOG_SOURCE } from '../../../../lambda/contract.ts';
import { found } from '../../../../tools/datadog/evaluator/found.ts';
import {
  BUILT_IN_COLUMNS,
  counted,
  facetsIn,
  isOfSignals,
  type Picks,
  queriesOf,
  resolved,
  searchesOf,
  widgetsOf,
} from '../../../../tools/datadog/evaluator/widget-queries.ts';
import { facetValues, matches } from '../../../../tools/datadog/interpreter/query/match.ts';
import { readGolden } from '../../../support/datadog/golden.ts';
import { sampleRecords, sampleRuns, sampleSignals } from '../../../support/datadog/sample-logs.ts';

const LOGS = [...sampleRecords(), ...sampleRuns()];
const SIGNALS = sampleSignals();

const boards = Object.entries(DASHBOARDS);

const sampleOf = (definition: Definition) => (isOfSignals(definition) ? SIGNALS : LOGS);

/** What a query of a board counts. */
const countsOf = (board: Dashboard, query: EventQuery, picks: Picks = {}, logs = LOGS) =>
  counted(query, found(resolved(query.search.query, board.template_variables, picks), logs));

const [RECORDED] = LOGS;

describe.each(boards)('%s', (_, board) => {
  it.each(widgetsOf(board))('"%s" is not empty', (_title, definition) => {
    for (const search of searchesOf(definition)) {
      expect(found(resolved(search, board.template_variables), sampleOf(definition))).not.toEqual([]);
    }
    for (const query of queriesOf(definition)) {
      const counts = countsOf(board, query, {}, sampleOf(definition));
      expect(Math.max(...counts.values())).toBeGreaterThan(0);
    }
  });

  it.each(widgetsOf(board))(
    '"%s" has no group of an empty text of a log without another value',
    (_title, definition) => {
      for (const query of queriesOf(definition)) {
        const logs = sampleOf(definition).filter((log) =>
          query.group_by.every(({ facet }) => facetValues(log, facet).length < 2),
        );
        expect([...countsOf(board, query, {}, logs).keys()]).not.toContain('');
      }
    },
  );

  it.each(widgetsOf(board))('"%s" names facets only that logs have', (_title, definition) => {
    const logs = sampleOf(definition);
    const unknown = facetsIn(definition, board.template_variables).filter(
      (facet) => !logs.some((log) => facetValues(log, facet).length > 0),
    );
    expect(unknown).toEqual([]);
  });

  it.each(board.template_variables.map((variable) => [variable.name, variable] as const))(
    'the variable %s has values, and filters the board by each',
    (name, { prefix, available_values }) => {
      const searches = widgetsOf(board)
        .filter(([, definition]) => !isOfSignals(definition))
        .flatMap(([, definition]) => searchesOf(definition))
        // Another test names those that no variable filters.
        .filter((search) => search.includes('$'));
      const inBoard = searches.flatMap((search) => found(resolved(search, board.template_variables), LOGS));
      const values = new Set(inBoard.flatMap((log) => facetValues(log, prefix).map(String)));
      expect(values.size).toBeGreaterThan(0);
      expect(available_values.filter((value) => !values.has(value))).toEqual([]);

      const [value] = values as Set<string> & Iterable<string>;
      const picked = searches.flatMap((search) =>
        found(resolved(search, board.template_variables, { [name]: value as string }), LOGS),
      );
      expect(picked).not.toEqual([]);
      expect(
        picked.every((log) =>
          facetValues(log, prefix)
            .map(String)
            .includes(value as string),
        ),
      ).toBe(true);
    },
  );
});

it.each(boards.flatMap(([, board]) => widgetsOf(board).map((widget) => ({ board, widget }))))(
  'the list "$widget.0" fills every column for an alert as Valence publishes it',
  ({ board, widget: [, definition] }) => {
    const { log } = readGolden('74-alert-as-published.json');
    const published = { ...log, source: LOG_SOURCE, tags: ['tenant:default', 'forwarder_version:1.0.0'] };
    const isShown = searchesOf(definition).some((search) =>
      matches(resolved(search, board.template_variables), published),
    );
    if (definition.type !== 'list_stream' || !isShown) return;
    const columns = definition.requests.flatMap((request) => request.columns.map(({ field }) => field));
    const facets = columns.filter((column) => !BUILT_IN_COLUMNS.includes(column));
    const empty = facets.filter((facet) => facetValues(published, facet).every((value) => value === ''));
    expect(empty).toEqual([]);
  },
);

/** The counts of a widget's only query. */
function shown(key: keyof typeof DASHBOARDS, title: string, logs = LOGS): Record<string, number> {
  const board = DASHBOARDS[key];
  const widget = widgetsOf(board).find(([name]) => name === title)?.[1];
  const [query] = widget ? queriesOf(widget) : [];
  if (!query) throw new Error(`There is no widget ${title}.`);
  return Object.fromEntries(countsOf(board, query, {}, logs));
}

it('an alert that was forwarded twice counts once', () => {
  const alert = LOGS.filter(({ service }) => service === 'alerts').slice(0, 1);
  const twice = [...alert, ...alert];
  expect(shown('alert-insights', 'Alerts', twice)).toEqual({ all: 1 });
  expect(shown('overview', 'Alerts, each once', twice)).toEqual({ all: 1 });
});

it('the platform variable filters the groups of the platform widget', () => {
  const board = DASHBOARDS['alert-insights'];
  const platform = board.template_variables.find(({ name }) => name === 'platform');
  const [, widget] = widgetsOf(board).find(([title]) => title === 'Top platforms') ?? [];
  expect(queriesOf(widget as Definition)[0]?.group_by[0]?.facet).toBe(platform?.prefix);
});

it('failed sign-ins are distinguished from successful ones', () => {
  const logs = LOGS.filter((log) => facetValues(log, '@evt.outcome').length > 0);
  const failed = shown('audit-insights', 'Logins failed', logs)['all'] ?? 0;
  const byOutcome = shown('audit-insights', 'Login attempts over time by outcome', logs);
  expect(failed).toBeGreaterThan(0);
  expect(byOutcome['false']).toBe(failed);
  expect(shown('audit-insights', 'Login attempts', logs)['all']).toBe((byOutcome['true'] ?? 0) + failed);
});

it('an alert without an actor, an address or an action has a row where possible, and is counted elsewhere', () => {
  const alerts = LOGS.filter(({ service }) => service === 'alerts');
  const withoutActor = alerts.filter((log) => facetValues(log, '@usr.name').length === 0);
  expect(withoutActor).not.toEqual([]);
  const vuids = (logs: typeof alerts) => new Set(logs.flatMap((log) => facetValues(log, '@alert.vuid'))).size;
  expect(shown('alert-insights', 'Without an actor')['all']).toBe(vuids(withoutActor));
});

it('one person is found in both alerts and audit logs', () => {
  const { overview } = DASHBOARDS;
  const table = widgetsOf(overview).find(([title]) => title === 'People in alerts and audit logs')?.[1];
  const columns = queriesOf(table as Definition).map((query) => countsOf(overview, query));
  const [, alerts, auditLogs] = columns;
  const inBoth = [...(alerts?.keys() ?? [])].filter((email) => auditLogs?.has(email));
  expect(inBoth.length).toBeGreaterThan(0);
});

describe.each([
  ['overview', 'People in alerts and audit logs'],
  ['alert-insights', 'Actors in detail'],
] as const)('%s, "%s"', (key, title) => {
  const board = DASHBOARDS[key];
  const [, table] = widgetsOf(board).find(([name]) => name === title) ?? [];
  const alertBy = (actor: string, index: number) => ({
    ...(RECORDED as (typeof LOGS)[number]),
    service: 'alerts',
    attributes: {
      alert: { vuid: `${actor}-${index}` },
      valence_forwarder: { actor, primary_event: { ip: '1' } },
    },
  });

  it('has no blank cell where one column alone would choose other people', () => {
    const actors = Array.from({ length: 300 }, (_, index) => `Person ${index}`);
    const logs = actors.flatMap((actor, index) => [
      alertBy(actor, 0),
      ...(index < 60 ? [alertBy(actor, 1)] : []),
    ]);
    const [alerts, ...others] = queriesOf(table as Definition)
      .map((query) => countsOf(board, query, {}, logs))
      .filter((counts) => counts.size > 0);
    expect([...(alerts?.keys() ?? [])].toSorted()).toEqual(actors.toSorted());
    expect(others.length).toBeGreaterThan(0);
    for (const column of others) expect([...column.keys()]).toEqual([...(alerts?.keys() ?? [])]);
  });

  it('has a row for an actor without an e-mail address', () => {
    const byEmail = LOGS.flatMap((record) =>
      facetValues(record, '@valence_forwarder.primary_event.actor.email'),
    );
    const [rows] = queriesOf(table as Definition).map((query) => countsOf(board, query));
    expect([...(rows?.keys() ?? [])].filter((actor) => !byEmail.includes(actor))).not.toEqual([]);
  });
});

it('an alert of an empty type is in no group of types, and is counted elsewhere', () => {
  const [known] = LOGS.filter((log) => facetValues(log, '@alert_type_details.name').length > 0);
  const attributes = { alert: { vuid: 'a' }, alert_type_details: { name: '', platform: '' } };
  const alert = { ...(known as (typeof LOGS)[number]), service: 'alerts', attributes };

  expect(shown('alert-insights', 'Top alert names', [alert])).toEqual({});
  expect(shown('alert-insights', 'Of unknown type', [alert])).toEqual({ all: 1 });
});

describe('open alerts', () => {
  const board = DASHBOARDS['alert-insights'];

  const log = (vuid: string, status: string, title: string, changed?: string) => ({
    ...(RECORDED as (typeof LOGS)[number]),
    service: 'alerts',
    attributes: {
      alert: { vuid, status },
      alert_type_details: { severity: 'High' },
      valence_forwarder: { title, ...(changed && { update: true, changed: [changed] }) },
    },
  });

  /** Logs of an alert that has had these statuses. */
  const history = (vuid: string, statuses: readonly string[], title = 'Mass export') =>
    statuses.map((status, index) => log(vuid, status, title, index > 0 ? 'status' : undefined));

  /** What `of - without + and` is for each group. */
  const remaining = (queries: readonly EventQuery[], logs: typeof LOGS) => {
    const [of, without, and] = queries.map((query) => countsOf(board, query, {}, logs));
    const groups = [...(of ?? [])].map(([group, count]) => [
      group,
      count - (without?.get(group) ?? 0) + (and?.get(group) ?? 0),
    ]);
    return Object.fromEntries(groups);
  };

  const tileOf = (title: string) => widgetsOf(board).find(([each]) => each === title)?.[1] as Definition;

  const TILES = ['Still open', 'Open, last day', 'Open, last week', 'Open, last month', 'Severe, still open'];

  it.each([
    [['Open'], 1],
    [['In Progress'], 1],
    [['Resolved'], 0],
    [['Dismissed'], 0],
    [['Open', 'Closed'], 0],
    [['Open', 'In Progress'], 1],
    [['Open', 'In Progress', 'Resolved'], 0],
    [['Open', 'Resolved', 'Open'], 1],
    [['Resolved', 'Open'], 1],
    [['In Progress', 'Open'], 1],
  ])('one with the statuses %j counts %i times', (statuses, count) => {
    for (const title of TILES) {
      expect(remaining(queriesOf(tileOf(title)), history('a', statuses)), title).toEqual({ all: count });
    }
  });

  it('are added up by the tiles and the tables', () => {
    for (const definition of [...TILES.map(tileOf), ...tables.map(([, each]) => each)]) {
      expect(JSON.stringify(definition)).toMatch(
        /"default_zero\((a|q0)\) - default_zero\(\1less\) \+ default_zero\(\1more\)"/,
      );
    }
  });

  it('count as closed only once they are', () => {
    const seenClosed = (statuses: readonly string[]) =>
      shown('alert-insights', 'Seen closed', history('a', statuses));
    expect(seenClosed(['In Progress'])).toEqual({});
    expect(seenClosed(['Resolved'])).toEqual({ all: 1 });
  });

  const tables = widgetsOf(board).filter(([title]) => title.startsWith('Open alerts up to'));

  it('are counted by type and age, also severe ones', () => {
    const logs = [
      ...history('a', ['Open']),
      ...history('b', ['Open', 'Resolved']),
      ...history('c', ['Open'], 'MFA reset'),
      ...history('d', ['Open', 'Resolved', 'Open'], 'MFA reset'),
      ...history('e', ['Dismissed'], 'Role given'),
    ];
    expect(tables.map(([, { time }]) => time?.live_span)).toEqual(['1d', '1w', '1mo']);
    for (const [, definition] of tables) {
      const queries = queriesOf(definition);
      const open = { 'Mass export': 1, 'MFA reset': 2, 'Role given': 0 };
      expect(remaining(queries.slice(0, 3), logs)).toEqual(open);
      expect(remaining(queries.slice(3), logs)).toEqual(open);
    }
  });

  it('are listed whatever their status is called', () => {
    const title = 'Oldest alerts that were not closed when forwarded';
    const [search] = searchesOf(tileOf(title)).map((each) => resolved(each, board.template_variables));
    const listed = (status: string) => found(search as string, [log('a', status, 'Mass export')]).length;
    expect(['Open', 'In Progress', 'Resolved', 'Dismissed', 'Closed'].map(listed)).toEqual([1, 1, 0, 0, 0]);
  });
});

it('a run summary never counts as a record, and a record never as a run', () => {
  const runs = sampleRuns();
  expect(shown('forwarder-health', 'Runs')).toEqual({ all: runs.length - 1 });
  expect(shown('overview', 'Logs')).toEqual({ all: sampleRecords().length });
});
