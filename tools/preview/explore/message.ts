import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { facetValues } from '../../datadog/interpreter/query/match.ts';

import type { Block, Span } from './answers.ts';

/**
 * The message of a rule as blocks of plain text: the page shows no Markdown. The template is taken apart before the values of the logs
 * come in, so that no value can become a heading or a link.
 */

/** Values of one variable that are shown; one signal may have hundreds. */
const SHOWN_VALUES = 5;

const VARIABLE = /\{\{\s*([@\w.-]+)\s*\}\}/g;

/** The syntax that the rules use: code in one or two backticks, and bold. */
const SPAN = /``\s?([\s\S]*?)\s?``|`([^`]*)`|\*\*([^*]+)\*\*/g;

const LINE = /^(?:(#{2,3}) |(- )|(\d+\. ))?(.*)$/;

/** What the logs have for a facet, each value once. */
function valuesOf(facet: string, logs: readonly ProcessedLog[]): string {
  const values = new Set<string>();
  for (const log of logs) {
    for (const value of facetValues(log, facet)) values.add(String(value));
    if (values.size > SHOWN_VALUES) break;
  }
  const shown = [...values].slice(0, SHOWN_VALUES).join(', ');
  return values.size > SHOWN_VALUES ? `${shown}, …` : shown;
}

/** A template with the values of logs in place of its variables; a variable that no log has is left empty. */
export const filledIn = (template: string, logs: readonly ProcessedLog[]): string =>
  template.replace(VARIABLE, (_, facet: string) => valuesOf(facet, logs));

function spansOf(line: string, logs: readonly ProcessedLog[]): Span[] {
  const spans: Span[] = [];
  const add = (style: Span['style'], text: string) => {
    if (text !== '') spans.push({ style, text: filledIn(text, logs) });
  };
  let end = 0;
  for (const { 0: whole, 1: wide, 2: narrow, 3: bold, index } of line.matchAll(SPAN)) {
    add('plain', line.slice(end, index));
    add(bold === undefined ? 'code' : 'bold', wide ?? narrow ?? bold ?? '');
    end = index + whole.length;
  }
  add('plain', line.slice(end));
  return spans;
}

/**
 * The message of a signal.
 * @param template the message of its rule
 * @param logs those behind the signal, the newest first
 */
export function messageBlocks(template: string, logs: readonly ProcessedLog[]): Block[] {
  const blocks: Block[] = [];
  for (const line of template.split('\n').filter(Boolean)) {
    const [, heading, bullet, step, text = ''] = LINE.exec(line) ?? [];
    const kind = heading ? 'heading' : bullet ? 'bullets' : step ? 'steps' : 'paragraph';
    const last = blocks.at(-1);
    const spans = spansOf(text, logs);
    if (last?.kind === kind && (kind === 'bullets' || kind === 'steps')) last.lines.push(spans);
    else blocks.push({ kind, lines: [spans] });
  }
  return blocks;
}
