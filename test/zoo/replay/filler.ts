import type { Shape } from '../../../tools/doctor/report/shape.ts';

/** Values that have the shape of reported ones. */

/** A time of a kind; undefined when the kind is none of a time. */
export function timeOfKind(kind: string, seconds: number): unknown {
  const iso = new Date(seconds * 1000).toISOString();
  switch (kind.replace('text-of-', '')) {
    case 'epoch-s':
      return kind.startsWith('text') ? String(seconds) : seconds;
    case 'epoch-ms':
      return kind.startsWith('text') ? String(seconds * 1e3) : seconds * 1e3;
    case 'epoch-us':
      return kind.startsWith('text') ? String(seconds * 1e6) : seconds * 1e6;
    case 'epoch-ns':
      return kind.startsWith('text') ? `${seconds}000000000` : seconds * 1e9;
    case 'date':
      return iso;
    case 'date-in-seconds':
      return iso.replace('.000Z', 'Z');
    case 'date-with-zone-name':
      return `${iso}[Etc/UTC]`;
    default:
      return undefined;
  }
}

const LEAVES: Readonly<Record<string, unknown>> = {
  integer: 7,
  number: 0.5,
  true: true,
  false: false,
  boolean: true,
  null: null,
  'empty-text': '',
  'absolute-url': 'https://example.com/',
  'relative-url': '/?x=1',
};

/** @param seconds the time that times have, epoch seconds */
export function fillerOf(shape: Shape, seconds: number): unknown {
  if (typeof shape === 'object') {
    if ('list' in shape) return Array.from({ length: shape.list }, () => fillerOf(shape.of, seconds));
    return Object.fromEntries(
      Object.entries(shape.object).map(([name, inner]) => [name, fillerOf(inner, seconds)]),
    );
  }
  const [kind = ''] = shape
    .split('|')
    .sort((one, other) => Number(one === 'null') - Number(other === 'null'));
  return timeOfKind(kind, seconds) ?? (Object.hasOwn(LEAVES, kind) ? LEAVES[kind] : 'text');
}
