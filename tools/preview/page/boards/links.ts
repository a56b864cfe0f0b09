import { termOf } from '../../../datadog/interpreter/query/term.ts';
import type { ShownBoard } from '../../api.ts';
import { hashOf } from '../shell/address.ts';

/** Where links of boards lead in the preview. */

/** Where a link to a search or a board of Datadog leads in the preview; undefined for any other. */
export function linkTarget(link: string): string | undefined {
  if (!/^\/(logs|dashboard\/)/.test(link)) return undefined;
  const { pathname, searchParams } = new URL(link, location.origin);
  const frame = timesOf(searchParams);
  if (pathname === '/logs') return hashOf(['logs'], { query: searchParams.get('query') ?? '', ...frame });
  const board = searchParams.get('board');
  if (board === null) return undefined;
  const picks = [...searchParams]
    .filter(([name, value]) => name.startsWith('tpl_var_') && value !== '*')
    .map(([name, value]) => [name.replace('tpl_var_', 'var.'), value]);
  return hashOf(['boards', board], { ...Object.fromEntries(picks), ...frame });
}

function timesOf(query: URLSearchParams): Record<string, string> {
  const [from, to] = [query.get('from_ts'), query.get('to_ts')];
  return from !== null && to !== null ? { from, to } : {};
}

/** The search for logs with a value, on the page of the logs. */
export const logsWith = (facet: string, value: string, { from, to }: ShownBoard['frame']): string =>
  hashOf(['logs'], { query: termOf(facet, value), from: String(from), to: String(to) });
