import type { ShownBoard } from '../../api.ts';
import { hashOf } from '../shell/address.ts';

/** Links of boards: where they lead in Datadog, and in the preview. */

/** What a value was clicked with. */
interface Place {
  facet: string;
  value: string;
  board: Pick<ShownBoard, 'variables' | 'frame'>;
}

/** A text as it is written within quotes of a search. */
const quoted = (value: string) => value.replace(/["\\]/g, '\\$&');

/** A link of a widget with its placeholders filled in, see `CustomLink`. */
export function filledLink(link: string, { facet, value, board: { variables, frame } }: Place): string {
  // Only a search has quotes around the value.
  const asWritten = link.startsWith('/logs') ? quoted : String;
  return link.replace(/\{\{([^{}]+)\}\}/g, (_, name: string) => {
    if (name === `${facet}.value`) return encodeURIComponent(asWritten(value));
    if (name === 'timestamp_start') return String(frame.from);
    if (name === 'timestamp_end') return String(frame.to);
    const variable = variables.find((each) => name === `$${each.name}` || name === `$${each.name}.value`);
    if (!variable) return '*';
    const { prefix, picked } = variable;
    if (picked === undefined) return '*';
    return encodeURIComponent(name.endsWith('.value') ? picked : `${prefix}:"${quoted(picked)}"`);
  });
}

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
  hashOf(['logs'], { query: `${facet}:"${quoted(value)}"`, from: String(from), to: String(to) });
