import { expect, it } from 'vitest';
import { DASHBOARDS } from '../../../../infra/datadog/dashboards.ts';
import { missing, notEmpty } from '../../../../infra/datadog/facts.ts';
import { found } from '../../../../tools/datadog/evaluator/found.ts';
import {
  counted,
  queriesOf,
  resolved,
  widgetsOf,
} from '../../../../tools/datadog/evaluator/widget-queries.ts';
import type { ProcessedLog } from '../../../../tools/datadog/interpreter/log.ts';
import { facetValues } from '../../../../tools/datadog/interpreter/query/match.ts';
import { sampleRecords } from '../../../support/datadog/sample-logs.ts';

const LOGS = sampleRecords();
const BOARD = DASHBOARDS['alert-insights'];

/** The groups of a widget with their counts. */
function shown(title: string, logs: readonly ProcessedLog[]): Record<string, number> {
  const definition = widgetsOf(BOARD).find(([name]) => name === title)?.[1];
  const [query] = definition ? queriesOf(definition) : [];
  if (!query) throw new Error(`There is no widget ${title}.`);
  const search = resolved(query.search.query, BOARD.template_variables);
  return Object.fromEntries(counted(query, found(search, logs)));
}

/** A log of an alert with several events. */
const alertOf = (events: readonly object[]) => ({
  ...(LOGS[0] as ProcessedLog),
  service: 'alerts',
  attributes: { alert: { vuid: 'a', events } },
});

it.each([
  ['Top targets', (name: string) => ({ target: { name } })],
  ['Target types', (targetType: string) => ({ targetType })],
  ['By connector', (connectorDisplayName: string) => ({ connectorDisplayName })],
])('%s has an alert of which one event has a value and another an empty text', (title, eventOf) => {
  const both = alertOf([eventOf('Budget'), eventOf('')]);
  expect(shown(title, [both])).toMatchObject({ Budget: 1 });
  expect(shown(title, [alertOf([eventOf(''), eventOf('')])])).toEqual({});
});

it.each(['@alert_type_details.name', '@alert.events.target.name', '@alert.events.targetType'])(
  'every log has a value of %s that is not empty, or misses it',
  (facet) => {
    const filled = found(notEmpty(facet), LOGS).filter((log) => facetValues(log, facet).length > 0);
    const lacking = found(missing(facet), LOGS);
    expect([...filled, ...lacking]).toHaveLength(LOGS.length);
    expect(new Set([...filled, ...lacking])).toEqual(new Set(LOGS));
  },
);
