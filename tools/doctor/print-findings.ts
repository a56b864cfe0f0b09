import type { JsonObject } from '../../lambda/shared/json.ts';
import { counted } from '../cli/format.ts';
import type { Output } from '../cli/output.ts';
import { colour, inOneLine } from '../cli/terminal.ts';
import { indented, screenColumns, widthOf } from '../cli/width.ts';
import type { Finding } from './finding.ts';
import { proposalText } from './proposal.ts';

const MARKS = { ok: 'ok', warn: 'WARN', fail: 'FAIL' } as const;
const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** As wide as the widest mark, and a gap. */
const MARK_COLUMNS = 6;

const markOf = (level: Finding['level']): string =>
  colour(COLOURS[level], MARKS[level]) + ' '.repeat(MARK_COLUMNS - MARKS[level].length);

/** The texts of APIs and alarms may have several lines. */
const oneLine = (text: string) => text.replace(/(?<!\s)\s*\n\s*/g, ' ');

/** Findings for people: one line each if it fits, and what to do below what is wrong. */
function findingsText(findings: readonly Finding[]): string {
  const columns = screenColumns();
  const names = findings.map(({ name }) => inOneLine(oneLine(name)));
  const widest = Math.max(0, ...names.map(widthOf));
  return findings
    .flatMap(({ level, message, fix }, index) => {
      const name = names[index] ?? '';
      const text = inOneLine(oneLine(message));
      const line = `${markOf(level)}${name.padEnd(widest)}  ${text}`;
      const fits = widthOf(line) <= columns;
      const below = [...(fits ? [] : [text]), ...(fix === null ? [] : [`Fix: ${oneLine(fix)}`])];
      return [
        fits ? line : markOf(level) + name,
        ...below.map((each) => indented(each, MARK_COLUMNS, columns)),
      ];
    })
    .join('\n');
}

const countOf = (findings: readonly Finding[], level: Finding['level']) =>
  findings.filter((finding) => finding.level === level).length;

/**
 * Prints the findings and the proposed profile.
 * @returns whether no check failed
 */
export function reportFindings(
  findings: readonly Finding[],
  proposal: JsonObject | undefined,
  output: Output,
): boolean {
  const failures = countOf(findings, 'fail');
  const sums = `${countOf(findings, 'ok')} ok, ${counted(countOf(findings, 'warn'), 'warning')}, ${counted(failures, 'failure')}`;
  output.result(
    { ok: failures === 0, findings, valenceApi: proposal ?? null },
    [findingsText(findings), ...(proposal ? [proposalText(proposal)] : []), sums].join('\n\n'),
  );
  return failures === 0;
}
