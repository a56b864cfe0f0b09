import { boardSearch } from '../../../lambda/content-installer/board-link.ts';
import { LOG_SOURCE, type Stream } from '../../../lambda/contract.ts';
import type { CustomLink, Note } from '../dashboard-types.ts';
import { FACTS } from '../facts.ts';
import { variable } from './board.ts';
import { note } from './widgets.ts';

/** Titles of the boards by their keys. They differ from those of the hosted integration's boards. */
export const TITLES = {
  overview: 'Valence: Overview',
  'alert-insights': 'Valence: Alert insights',
  'audit-insights': 'Valence: Audit insights',
  'forwarder-health': 'Valence: Forwarder health',
} as const;

export type BoardKey = keyof typeof TITLES;

/** The variable that every board has, and hands on in its links. */
export const TENANT = variable('tenant', 'tenant');

/** A person or an app. It reads what the tables of people group by, so that each of their rows can be picked. */
export const USER = variable('user', FACTS.actor);

/** The address of a client. */
export const IP = variable('ip', FACTS.ip);

/** The address of a board. The installer replaces the search in it by the board, see `boardSearch`. */
export const boardAddress = (key: BoardKey): string => boardSearch(key, TITLES[key]);

const VALENCE = 'Valence [US](https://app.valencesecurity.com) · [EU](https://appeu.valencesecurity.com)';

/** Links from one board to the others, to the logs and to Valence. */
export function navigation(from: BoardKey, what: string): Note {
  const others = (Object.keys(TITLES) as BoardKey[])
    .filter((key) => key !== from)
    .map((key) => `[${TITLES[key].replace('Valence: ', '')}](${boardAddress(key)})`);
  const logs = `[All logs](/logs?query=source%3A${LOG_SOURCE})`;
  return note(`${what}\n\n${[...others, logs, VALENCE].join(' · ')}`);
}

/** The time frame of the board that a link is on, or of the bar that was clicked. */
const TIME_FRAME = 'from_ts={{timestamp_start}}&to_ts={{timestamp_end}}';

/**
 * The logs of the value that was clicked, of the same tenant and time.
 * @param facet what the widget groups by
 * @param service alerts or audit logs; both when left out
 */
function logsOf(label: string, facet: string, service?: Stream): CustomLink {
  const before = `source:${LOG_SOURCE}${service ? ` service:${service}` : ''} `;
  const after = ` ${facet}:"`;
  const query = `${encodeURIComponent(before)}{{$${TENANT.name}}}${encodeURIComponent(after)}{{${facet}.value}}%22`;
  return { label, link: `/logs?query=${query}&${TIME_FRAME}` };
}

/** Boards that show a person or an address, and have a variable for both. */
const WITH_PEOPLE = ['overview', 'alert-insights', 'audit-insights'] as const;

/** What a widget groups by that leads to other boards, and the variable that takes it there. */
const HANDED_ON = { [FACTS.actor]: USER.name, [FACTS.ip]: IP.name };

type PersonOrAddress = (typeof FACTS)['actor' | 'ip'];

/**
 * Where a value that was clicked leads: to its logs, and to the boards that show it, of the same tenant and time.
 * @param what the kind of value: "this person"
 * @param facet what the widget groups by
 * @param from the board that the widget is on
 */
export const linksOf = (what: string, facet: PersonOrAddress, from: BoardKey): CustomLink[] => [
  logsOf(`Everything of ${what}`, facet),
  logsOf(`Alerts of ${what}`, facet, 'alerts'),
  logsOf(`Audit logs of ${what}`, facet, 'audit-logs'),
  ...WITH_PEOPLE.filter((key) => key !== from).map((key) => ({
    label: `${TITLES[key]} of ${what}`,
    link: `${boardAddress(key)}&tpl_var_${TENANT.name}={{$${TENANT.name}.value}}&tpl_var_${HANDED_ON[facet]}={{${facet}.value}}&${TIME_FRAME}`,
  })),
];
