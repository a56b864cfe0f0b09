import { isLosslessNumber } from 'lossless-json';

interface Frame {
  container: object;
  /** Sorted keys of an object, undefined for an array. */
  keys: string[] | undefined;
  size: number;
  next: number;
}

/**
 * JSON text that is the same for the same content: keys sorted by code unit, no white space, numbers by their own text
 * (a LosslessNumber keeps every digit). It does not recurse, so hostile nesting cannot overflow the stack.
 * @param value anything that JSON can hold
 */
export function canonicalJson(value: unknown): string {
  let text = '';
  const open: Frame[] = [];

  const write = (item: unknown) => {
    if (item === null || typeof item !== 'object') {
      text += JSON.stringify(item) ?? 'null';
    } else if (Array.isArray(item)) {
      text += '[';
      open.push({ container: item, keys: undefined, size: item.length, next: 0 });
    } else if (isLosslessNumber(item)) {
      text += item.value;
    } else {
      const keys = Object.keys(item).sort();
      text += '{';
      open.push({ container: item, keys, size: keys.length, next: 0 });
    }
  };

  write(value);
  for (let frame = open.at(-1); frame; frame = open.at(-1)) {
    const index = frame.next++;
    if (index === frame.size) {
      text += frame.keys ? '}' : ']';
      open.pop();
      continue;
    }
    if (index > 0) text += ',';
    const key = frame.keys?.[index];
    if (key !== undefined) text += `${JSON.stringify(key)}:`;
    write(Reflect.get(frame.container, key ?? index));
  }
  return text;
}
