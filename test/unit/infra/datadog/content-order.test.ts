import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../../infra/datadog/dashboard-types.ts';
import { DASHBOARDS } from '../../../../infra/datadog/dashboards.ts';
import { LOG_PIPELINE } from '../../../../infra/datadog/pipeline.ts';
import type { DetectionRule } from '../../../../infra/datadog/rule-types.ts';
import { DETECTION_RULES } from '../../../../infra/datadog/rules.ts';
import { found } from '../../../../tools/datadog/evaluator/found.ts';
import { isEvaluated, signalsOf } from '../../../../tools/datadog/evaluator/rules.ts';
import {
  counted,
  definitionsOf,
  queriesOf,
  resolved,
  searchesOf,
} from '../../../../tools/datadog/evaluator/widget-queries.ts';
import type { ProcessedLog } from '../../../../tools/datadog/interpreter/log.ts';
import { facetValues, matches } from '../../../../tools/datadog/interpreter/query/match.ts';
import { HOSTED_PIPELINE } from '../../../support/datadog/hosted-pipeline.ts';
import { sampleRecords } from '../../../support/datadog/sample-logs.ts';

/** Boards and rules show the same wherever the hosted pipeline runs. */

const ALONE = sampleRecords();
const ORDERS = [
  ['before ours', sampleRecords([HOSTED_PIPELINE, LOG_PIPELINE])],
  ['after ours', sampleRecords([LOG_PIPELINE, HOSTED_PIPELINE])],
] as const;

const widgets = Object.values(DASHBOARDS).flatMap((board) =>
  definitionsOf(board).flatMap((definition) =>
    'title' in definition
      ? [
          {
            board: board.title,
            name: definition.title,
            definition,
            template_variables: board.template_variables,
          },
        ]
      : [],
  ),
);

/** Columns of a list that are lists themselves are shown and not counted. */
const LISTS = ['@user_change_details.platforms'];

const columnsOf = (definition: Definition): string[] =>
  definition.type === 'list_stream'
    ? definition.requests.flatMap(({ columns }) =>
        columns.map(({ field }) => field).filter((field) => field.startsWith('@') && !LISTS.includes(field)),
      )
    : [];

function shown({ definition, template_variables }: (typeof widgets)[number], logs: readonly ProcessedLog[]) {
  const columns = columnsOf(definition);
  return {
    counts: queriesOf(definition).map((query) =>
      counted(query, found(resolved(query.search.query, template_variables), logs)),
    ),
    rows: searchesOf(definition).map((search) =>
      columns.length === 0
        ? []
        : found(resolved(search, template_variables), logs).map((log) =>
            columns.map((column) => facetValues(log, column)),
          ),
    ),
  };
}

/** What the queries of a rule read: groups, what is counted, and what is learned. */
const readBy = ({ queries }: DetectionRule, logs: readonly ProcessedLog[]) =>
  queries.map(({ query, groupByFields, distinctFields, metrics }) =>
    logs
      .filter((log) => matches(query, log))
      .map((log) =>
        [...groupByFields, ...distinctFields, ...metrics].map((field) => facetValues(log, field)),
      ),
  );

const rules = Object.entries<DetectionRule>(DETECTION_RULES).map(([key, rule]) => ({ key, rule }));

describe.each(ORDERS)('where the hosted pipeline runs %s', (_, logs) => {
  it.each(widgets)('$board, "$name" shows the same', (widget) => {
    expect(shown(widget, logs)).toEqual(shown(widget, ALONE));
  });

  it.each(rules)('the rule $key reads the same', ({ rule }) => {
    expect(readBy(rule, logs)).toEqual(readBy(rule, ALONE));
  });

  it.each(rules.filter(({ rule }) => isEvaluated(rule)))('the rule $key finds the same', ({ rule }) => {
    // The logs differ in what the other pipeline adds.
    const raised = (of: readonly ProcessedLog[]) =>
      signalsOf(rule, of).map((signal) => ({ ...signal, logs: signal.logs.length }));
    expect(raised(logs)).toEqual(raised(ALONE));
  });
});
