import { expect, it } from 'vitest';
import type { Dashboard, Definition } from '../../../../infra/datadog/dashboard-types.ts';
import { DASHBOARDS } from '../../../../infra/datadog/dashboards.ts';
import type { DetectionRule } from '../../../../infra/datadog/rule-types.ts';
import { DETECTION_RULES, groupsOf } from '../../../../infra/datadog/rules.ts';
import { LOG_SOURCE } from '../../../../lambda/contract.ts';
import { found } from '../../../../tools/datadog/evaluator/found.ts';
import {
  BUILT_IN_COLUMNS,
  counted,
  definitionsOf,
  isOfSignals,
  type Picks,
  queriesOf,
  resolved,
  searchesOf,
  widgetsOf,
} from '../../../../tools/datadog/evaluator/widget-queries.ts';
import { facetValues, matches } from '../../../../tools/datadog/interpreter/query/match.ts';
import { readGolden } from '../../../support/datadog/golden.ts';
import { sampleRecords } from '../../../support/datadog/sample-logs.ts';

const LOGS = sampleRecords();

function widgetIn(board: Dashboard, title: string): Definition {
  const [, widget] = widgetsOf(board).find(([each]) => each === title) ?? [];
  if (!widget) throw new Error(`There is no widget ${title}.`);
  return widget;
}

const columnsOf = (definition: Definition): string[] =>
  definition.type === 'list_stream'
    ? definition.requests.flatMap((request) => request.columns.map(({ field }) => field))
    : [];

it('no variable hides a signal', () => {
  const searches = Object.values(DASHBOARDS).flatMap((board) =>
    widgetsOf(board).flatMap(([, each]) => (isOfSignals(each) ? searchesOf(each) : [])),
  );
  expect(searches.length).toBeGreaterThan(0);
  expect(searches.filter((search) => search.includes('$'))).toEqual([]);
});

it('the list of open signals shows whom each is about, or from where, and nothing else', () => {
  const columns = columnsOf(widgetIn(DASHBOARDS.overview, 'Open signals'));
  const shown = columns.filter((field) => ![...BUILT_IN_COLUMNS, '@workflow.rule.name'].includes(field));
  const groups = new Set(Object.values<DetectionRule>(DETECTION_RULES).flatMap(groupsOf));
  const ofPeople = [...groups].filter((facet) => /@usr\.|actor|\bip$/.test(facet));
  expect(ofPeople).toContain('@usr.name');
  expect(shown.toSorted()).toEqual(ofPeople.toSorted());
});

it('logs of another sender are counted whatever tenant and version are picked', () => {
  const board = DASHBOARDS['forwarder-health'];
  const [search = ''] = searchesOf(widgetIn(board, 'From another sender'));
  const countOf = (picks: Picks) => found(resolved(search, board.template_variables, picks), LOGS).length;
  expect(countOf({})).toBeGreaterThan(0);
  expect(countOf({ tenant: 'default', version: '1.0.0' })).toBe(countOf({}));
});

it.each([
  ['What the alert types mean', '@alert_type_details.name', '@alert_type_details.description'],
  ['What the actions mean', '@alert.events.action.actionName', '@alert.events.action.actionDescription'],
])('"%s" names what it describes', (title, name, meaning) => {
  const board = DASHBOARDS['alert-insights'];
  const list = widgetIn(board, title);
  expect(columnsOf(list)).toEqual(expect.arrayContaining([name, meaning]));
  const rows = searchesOf(list).flatMap((search) => found(resolved(search, board.template_variables), LOGS));
  const isFilled = (facet: string) => (log: (typeof LOGS)[number]) =>
    facetValues(log, facet).some((value) => value !== '');
  expect(rows.filter(isFilled(meaning))).not.toEqual([]);
  expect(rows.filter(isFilled(name))).not.toEqual([]);
});

it('a board with a time frame of its own says that the retention of the index bounds it', () => {
  const withTime = Object.values(DASHBOARDS).filter((board) =>
    widgetsOf(board).some(([, { time }]) => time?.live_span === '1mo'),
  );
  expect(withTime).not.toEqual([]);
  for (const board of withTime) {
    const notes = definitionsOf(board).flatMap((each) => (each.type === 'note' ? [each.content] : []));
    expect(notes.join('\n')).toContain('retention of the index');
  }
});

it('an alert type without a description has a row in the table and in the list of types', () => {
  const board = DASHBOARDS['alert-insights'];
  const { log } = readGolden('75-alert-with-core-of-type.json');
  const alert = { ...log, source: LOG_SOURCE, tags: [] };
  const name = String(facetValues(alert, '@alert_type_details.name')[0]);

  const [alerts] = queriesOf(widgetIn(board, 'Alert types in detail'));
  expect(alerts && counted(alerts, [alert])).toEqual(new Map([[name, 1]]));
  const [search = ''] = searchesOf(widgetIn(board, 'What the alert types mean'));
  expect(matches(resolved(search, board.template_variables), alert)).toBe(true);
});
