/**
 * The value at a dotted path of a parsed body.
 * @param path keys separated by dots; empty for the body itself
 * @returns undefined when there is none
 */
export const valueAt = (body: unknown, path: string): unknown =>
  path === ''
    ? body
    : path
        .split('.')
        .reduce<unknown>(
          (value, key) =>
            value !== null && typeof value === 'object' && Object.hasOwn(value, key)
              ? Reflect.get(value, key)
              : undefined,
          body,
        );
