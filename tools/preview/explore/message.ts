import type { ProcessedLog } from '../../datadog/interpreter/log.ts';
import { filledIn } from '../data/template.ts';

import type { Block, Span } from './answers.ts';

/**
 * The message of a rule as blocks of plain text: the page shows no Markdown. The template is taken apart before the values of the logs
 * come in, so that no value can become a heading or a link.
 */

/** The syntax that the rules use: code in one or two backticks, and bold. */
const SPAN = /``\s?([\s\S]*?)\s?``|`([^`]*)`|\*\*([^*]+)\*\*/g;

const LINE = /^(?:(#{2,3}) |(- )|(\d+\. ))?(.*)$/;

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
