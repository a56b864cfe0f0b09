/**
 * The start of an address without slashes at its end, so that a path can follow it.
 * @param address an origin, or an origin and the path that all paths begin with
 */
export const withoutEndSlashes = (address: string): string => address.replace(/(?<!\/)\/+$/, '');
