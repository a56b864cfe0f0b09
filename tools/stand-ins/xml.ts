import XMLBuilder from 'fast-xml-builder';
import type { StandInResponse } from './http-server.ts';

/** An element's content: text, elements by name (a list repeats its element), or attributes, whose names begin with `@`. */
export type XmlContent =
  | string
  | number
  | boolean
  | { readonly [name: string]: XmlContent | readonly XmlContent[] };

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/** A response whose body is an XML document. */
export const xml = (
  status: number,
  document: { readonly [root: string]: XmlContent },
  contentType: string,
): StandInResponse => ({
  status,
  headers: { 'content-type': contentType },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(document)}`,
});
