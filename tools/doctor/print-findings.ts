import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Output } from '../cli/output.ts';
import { table } from '../cli/table.ts';
import { colour } from '../cli/terminal.ts';
import type { Finding } from './finding.ts';
import { proposalText } from './proposal.ts';

const MARKS = {
  ok: () => colour('green', 'ok'),
  warn: () => colour('yellow', 'WARN'),
  fail: () => colour('red', 'FAIL'),
} as const;

/** The texts of APIs and alarms may have several lines. */
const oneLine = (text: string) => text.replace(/(?<!\s)\s*\n\s*/g, ' ');

/** Findings for people: one line each, and the fix below what is wrong. */
const findingsText = (findings: readonly Finding[]): string =>
  table(
    undefined,
    findings.flatMap(({ name, level, message, fix }) => [
      [MARKS[level](), oneLine(name), oneLine(message)],
      ...(fix === null ? [] : [['', '', `Fix: ${oneLine(fix)}`]]),
    ]),
  );

const counted = (findings: readonly Finding[], level: Finding['level']) =>
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
  const failures = counted(findings, 'fail');
  const sums = `${counted(findings, 'ok')} ok, ${counted(findings, 'warn')} warnings, ${failures} failures`;
  output.result(
    { ok: failures === 0, findings, valenceApi: proposal ?? null },
    [findingsText(findings), ...(proposal ? [proposalText(proposal)] : []), sums].join('\n\n'),
  );
  return failures === 0;
}
