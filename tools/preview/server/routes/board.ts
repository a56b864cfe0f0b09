import type {
  Dashboard,
  Definition,
  TemplateVariable,
  Widget,
} from '../../../../infra/datadog/dashboard-types.ts';
import { DASHBOARDS } from '../../../../infra/datadog/dashboards.ts';
import type { NotDrawn, TimeFrame } from '../../../datadog/evaluator/results.ts';
import { facetsIn } from '../../../datadog/evaluator/widget-queries.ts';
import { resultOf, type Shown } from '../../../datadog/evaluator/widget-results.ts';
import type { ProcessedLog } from '../../../datadog/interpreter/log.ts';
import { facetReader } from '../../../datadog/interpreter/query/match.ts';
import type { ShownBoard, ShownNote, ShownWidget, VariableChoice } from '../../api.ts';
import { BadQuery } from '../../bad-query.ts';
import { needsThreatIntelligence } from '../../data/external.ts';
import { frameOf, type Preview, type Route, shownData } from '../preview.ts';

/** Values of a variable that are offered, the most frequent first. */
const MAX_CHOICES = 200;

const DAY_MS = 86_400_000;

/** Time frames that widgets have of their own. */
const SPANS_MS = { '1d': DAY_MS, '1w': 7 * DAY_MS, '1mo': 30 * DAY_MS } as const;

/**
 * One board with what each widget shows: `key`; `from` and `to` as those of every route; `var.NAME` picks a value of a variable; with
 * `empty=1` it shows no log, as in an organisation that has none yet.
 */
export const board: Route = {
  path: 'board',
  answer(query, preview): ShownBoard {
    const key = query.get('key') ?? '';
    const dashboard = Object.entries(DASHBOARDS).find(([name]) => name === key)?.[1];
    if (!dashboard) throw new BadQuery(`There is no board "${key}".`);
    const frame = frameOf(query, preview);
    const isEmpty = query.get('empty') === '1';
    const variables = dashboard.template_variables;
    const picks = picksOf(query, variables);
    const shownIn = (within: TimeFrame): Shown =>
      Object.assign(dataOf(preview, within, isEmpty), { frame: within, variables, picks });
    const shown = shownIn(frame);

    const part = ({ layout, definition }: Widget<Definition>): ShownWidget | ShownNote => {
      if (definition.type === 'note') return { kind: 'note', layout, content: definition.content };
      const { type, title, time, custom_links: links = [] } = definition;
      const own = time && shownIn({ from: frame.to - SPANS_MS[time.live_span], to: frame.to });
      return {
        kind: 'widget',
        layout,
        type,
        title,
        ...(time && { span: time.live_span }),
        links,
        result: needsDatadog(definition, variables) ?? resultOf(definition, own ?? shown),
      };
    };

    return {
      key,
      title: dashboard.title,
      description: dashboard.description,
      frame,
      variables: variables.map((variable) => choiceOf(variable, picks[variable.name], shown.logs)),
      parts: dashboard.widgets.map(({ layout, definition }) =>
        definition.type === 'group'
          ? {
              kind: 'group',
              layout,
              title: definition.title,
              colour: definition.background_color,
              widgets: definition.widgets.map(part),
            }
          : part({ layout, definition }),
      ),
      data: shownData(preview),
    };
  },
};

const needsDatadog = (
  definition: Exclude<Definition, { type: 'note' }>,
  variables: Dashboard['template_variables'],
): NotDrawn | undefined =>
  needsThreatIntelligence(facetsIn(definition, variables))
    ? { kind: 'not-drawn', reason: 'Only Datadog has the threat intelligence for it.' }
    : undefined;

const NOTHING: readonly ProcessedLog[] = [];

const dataOf = ({ logs }: Preview, frame: TimeFrame, isEmpty: boolean): Pick<Shown, 'logs' | 'signals'> =>
  isEmpty
    ? { logs: NOTHING, signals: NOTHING }
    : {
        logs: logs.within(frame),
        // Raised only for boards that show them: the rules take longer than all widgets.
        get signals() {
          return logs.signalsWithin(frame);
        },
      };

/** @throws {BadQuery} when it picks a value of a variable that the board lacks */
function picksOf(query: URLSearchParams, variables: Dashboard['template_variables']): Record<string, string> {
  const picks = [...query]
    .filter(([name]) => name.startsWith('var.'))
    .map(([name, value]): [string, string] => [name.slice('var.'.length), value]);
  for (const [name] of picks) {
    if (!variables.some((variable) => variable.name === name)) {
      throw new BadQuery(`The board has no variable "${name}".`);
    }
  }
  return Object.fromEntries(picks);
}

/** The values that a variable offers: those of its definition, else those that logs have. */
function choiceOf(
  { name, prefix, available_values }: TemplateVariable,
  picked: string | undefined,
  logs: readonly ProcessedLog[],
): VariableChoice {
  const values = available_values.length > 0 ? available_values : frequentValues(prefix, logs);
  return { name, prefix, values, ...(picked !== undefined && { picked }) };
}

function frequentValues(facet: string, logs: readonly ProcessedLog[]): string[] {
  const counts = new Map<string, number>();
  const valuesOf = facetReader(facet);
  for (const log of logs) {
    for (const value of valuesOf(log)) {
      const text = String(value);
      if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_CHOICES)
    .map(([value]) => value);
}
