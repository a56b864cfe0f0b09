import { json, type Script } from './scripted-server.ts';

export const alerts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ vuid: `a-${index}` }));

/** The position in the list that a request asks for, by the style's own parameter. */
const POSITION: Record<string, (query: URLSearchParams) => number> = {
  cursor: (query) => Number(query.get('cursor') ?? 0),
  link: (query) => Number(query.get('after') ?? 0),
  offset: (query) => Number(query.get('offset')),
  page: (query) => (Number(query.get('page')) - 1) * Number(query.get('limit')),
  none: () => 0,
};

/**
 * A server with pages in one pagination style.
 * @param order returns the records in the order that they have at a request
 */
export function pagingServer(style: string, order: () => object[]): Script {
  return ({ path, query }) => {
    const start = POSITION[style]?.(query) ?? 0;
    const all = order();
    const size = style === 'none' ? all.length : Number(query.get('limit'));
    const end = start + size;
    const more = end < all.length;
    return json(
      { items: all.slice(start, end), nextCursor: more && style === 'cursor' ? String(end) : null },
      { headers: more && style === 'link' ? { link: `<${path}?after=${end}>; rel="next"` } : {} },
    );
  };
}
