import type { JsonObject } from '../shared/json.ts';

/**
 * Links to boards. Datadog gives a board its id and address when it creates it, so a definition cannot contain the address of
 * another board. It contains a search of the list of boards, which works on every site and in every organisation; the installer
 * replaces the list in its path by the board. The query of the search stays behind the address, where a board ignores it, so that
 * the link can become a search again.
 */
const LINK = /\/dashboard\/[a-z0-9-]+(?=\?(q=[\w%.*-]*&board=[\w-]+))/g;

/**
 * The query by which a link names a board. The title is part of it: a clone of a board has the mark, too, but another title.
 * @param title in any characters: it may be that of a clone
 */
export const queryOf = (key: string, title: string): string =>
  `${new URLSearchParams({ q: `"${title}"`, board: key })}`.replaceAll('+', '%20');

/** A link to a board as a definition has it: a search for its title. Further parameters may follow it. */
export const boardSearch = (key: string, title: string): string => `/dashboard/lists?${queryOf(key, title)}`;

/**
 * A body whose links lead to boards.
 * @param ids the boards by the queries that name them; a link to another one becomes a search
 */
export const linked = (body: JsonObject, ids: ReadonlyMap<string, string>): JsonObject =>
  JSON.parse(
    JSON.stringify(body).replace(LINK, (_, query: string) => `/dashboard/${ids.get(query) ?? 'lists'}`),
  );

/** A body as its definition has it, with a search in the place of each link to a board. */
export const withSearches = (body: JsonObject): JsonObject => linked(body, new Map());

/** The queries of the links to boards in a body. */
export const linksIn = (body: JsonObject): string[] =>
  [...JSON.stringify(body).matchAll(LINK)].map(([, query]) => query as string);
