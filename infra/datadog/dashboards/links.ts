import { LOG_SOURCE } from '../../../lambda/contract.ts';
import type { CustomLink, Note } from '../dashboard-types.ts';
import { note } from './widgets.ts';

/** Titles of the boards by their keys. They differ from those of the hosted integration's boards. */
export const TITLES = {
  overview: 'Valence: Overview',
  'alert-insights': 'Valence: Alert insights',
  'audit-insights': 'Valence: Audit insights',
  'forwarder-health': 'Valence: Forwarder health',
} as const;

export type BoardKey = keyof typeof TITLES;

/**
 * Datadog gives a board its id and address when it creates it, so boards that are created concurrently cannot contain
 * each other's address. A search for the title finds a board on every Datadog site and in every organisation.
 */
const boardAddress = (key: BoardKey) => `/dashboard/lists?q=${encodeURIComponent(`"${TITLES[key]}"`)}`;

const VALENCE = 'Valence [US](https://app.valencesecurity.com) · [EU](https://appeu.valencesecurity.com)';

/** Links from one board to the others, to the logs and to Valence. */
export function navigation(from: BoardKey, what: string): Note {
  const others = (Object.keys(TITLES) as BoardKey[])
    .filter((key) => key !== from)
    .map((key) => `[${TITLES[key].replace('Valence: ', '')}](${boardAddress(key)})`);
  const logs = `[All logs](/logs?query=source%3A${LOG_SOURCE})`;
  return note(`${what}\n\n${[...others, logs, VALENCE].join(' · ')}`);
}

/**
 * The logs of the value that was clicked.
 * @param facet what the widget groups by
 */
export const logsOf = (label: string, facet: string): CustomLink => ({
  label,
  link: `/logs?query=source%3A${LOG_SOURCE}%20${encodeURIComponent(facet)}%3A%22{{${facet}.value}}%22`,
});
