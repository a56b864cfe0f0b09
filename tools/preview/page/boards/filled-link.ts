import { quoted, termOf } from '../../../datadog/interpreter/query/term.ts';
import type { ShownBoard } from '../../api.ts';

/** What a value was clicked with. */
interface Place {
  facet: string;
  value: string;
  board: Pick<ShownBoard, 'variables' | 'frame'>;
}

/** Text of a record may have half of a surrogate pair, which encodeURIComponent refuses. */
const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

/** A link of a widget with its placeholders filled in, see `CustomLink`. */
export function filledLink(link: string, { facet, value, board: { variables, frame } }: Place): string {
  // Only a search has quotes around the value.
  const asWritten = link.startsWith('/logs') ? quoted : String;
  return link.replace(/\{\{([^{}]+)\}\}/g, (_, name: string) => {
    if (name === `${facet}.value`) return encoded(asWritten(value));
    if (name === 'timestamp_start') return String(frame.from);
    if (name === 'timestamp_end') return String(frame.to);
    const variable = variables.find((each) => name === `$${each.name}` || name === `$${each.name}.value`);
    if (!variable) return '*';
    const { prefix, picked } = variable;
    if (picked === undefined) return '*';
    return encoded(name.endsWith('.value') ? picked : termOf(prefix, picked));
  });
}
