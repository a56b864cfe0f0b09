import type { ShownBoard, ShownWidget } from '../../../tools/preview/api.ts';
import type { ServedPreview } from '../../../tools/preview/serve.ts';

/** A board as the server answers it to the page. */
export async function boardOf(
  { address }: Pick<ServedPreview, 'address'>,
  key: string,
  query: Record<string, string> = {},
): Promise<ShownBoard> {
  const response = await fetch(`${address}api/board?${new URLSearchParams({ key, ...query })}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as ShownBoard;
}

/** The widgets of a board that show data, those in groups included. */
export const widgetsOf = ({ parts }: ShownBoard): ShownWidget[] =>
  parts
    .flatMap((part) => (part.kind === 'group' ? part.widgets : [part]))
    .filter((part) => part.kind === 'widget');

/** What the widget with a title shows. */
export function resultIn(board: ShownBoard, title: string): ShownWidget['result'] {
  const widget = widgetsOf(board).find((each) => each.title === title);
  if (!widget) throw new Error(`The board has no widget "${title}".`);
  return widget.result;
}
