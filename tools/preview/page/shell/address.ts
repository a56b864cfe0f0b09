import { useEffect, useState } from 'preact/hooks';

/** Where the user is: all of it is in the address behind `#`, so that it can be kept, reloaded and gone back to. */
export interface Address {
  /** `boards`, and what of it: `['boards', 'overview']`. */
  path: readonly string[];
  query: URLSearchParams;
}

/** @param hash such as `#/boards/overview?from=0` */
export function addressOf(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const decoded = path.split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { path: decoded.filter(Boolean), query: new URLSearchParams(query) };
}

/** The address as a link has it. */
export function hashOf(
  path: readonly string[],
  query: URLSearchParams | Record<string, string> = {},
): string {
  const text = new URLSearchParams(query).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

/** The query with changes; undefined removes a parameter. */
export function withQuery(
  query: URLSearchParams,
  changes: Record<string, string | undefined>,
): URLSearchParams {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) changed.delete(name);
    else changed.set(name, value);
  }
  return changed;
}

/** Goes to an address, as a link would. */
export function go(path: readonly string[], query: URLSearchParams | Record<string, string> = {}): void {
  location.hash = hashOf(path, query);
}

/** The present address. */
export function useAddress(): Address {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return addressOf(hash);
}
