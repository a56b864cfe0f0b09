import { existsSync, readFileSync } from 'node:fs';
import type { LogLine } from '../../stand-ins/aws/management/account.ts';

function parsed(text: string): { timestamp?: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // Node's own output is no JSON, and a line may be half written.
    return undefined;
  }
}

/** The dated lines of a function's log file, as CloudWatch Logs would hold them. */
export function readLogLines(file: string): LogLine[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text) => {
      const line = parsed(text);
      const at = Date.parse(String(line?.timestamp)) / 1000;
      return line && at > 0 ? [{ at, line }] : [];
    });
}
