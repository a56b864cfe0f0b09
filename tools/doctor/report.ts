import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Output } from '../cli/output.ts';
import { type Finding, shownFindings } from './finding.ts';
import { shownProposal } from './proposal.ts';

const counted = (findings: readonly Finding[], level: Finding['level']) =>
  findings.filter((finding) => finding.level === level).length;

/**
 * Tells what was found.
 * @returns whether nothing is wrong
 */
export function reportFindings(
  findings: readonly Finding[],
  proposal: JsonObject | undefined,
  output: Output,
): boolean {
  const wrong = counted(findings, 'fail');
  const sums = `${counted(findings, 'ok')} ok, ${counted(findings, 'warn')} to look at, ${wrong} wrong`;
  output.result(
    { ok: wrong === 0, findings, valenceApi: proposal ?? null },
    [shownFindings(findings), ...(proposal ? [shownProposal(proposal)] : []), sums].join('\n\n'),
  );
  return wrong === 0;
}
