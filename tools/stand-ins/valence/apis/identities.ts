import { json, usual } from './answers.ts';
import type { Truth, ZooApi } from './api.ts';
import { usualRecords } from './usual-records.ts';

/** The usual records, with alerts made of them. */
const withAlerts = (now: number, alert: (usual: Truth['alerts'][number], n: number) => object): Truth => {
  const records = usualRecords(now);
  return { ...records, alerts: records.alerts.map((each, n) => ({ ...alert(each, n) })) };
};

/** APIs whose records are identified in another way, or differ from answer to answer without a change. */
export const IDENTITIES: readonly ZooApi[] = [
  {
    name: 'numbered-alerts',
    about: 'Identifies alerts by numbers, and has no vuid.',
    records: (now) => withAlerts(now, ({ vuid: _, ...alert }, n) => ({ ...alert, id: 7000 + n })),
    answer: (list) => json(usual(list)),
    withDefault: 'everything',
    profile: { alertKey: ['id'] },
  },
  {
    name: 'shared-vuids',
    about: 'Gives the same vuid to the alerts of one policy in different regions.',
    records: (now) =>
      withAlerts(now, (alert, n) => ({ ...alert, vuid: `alert-${Math.floor(n / 3)}`, region: `r${n % 3}` })),
    answer: (list) => json(usual(list)),
    withDefault: 'everything',
    profile: { alertKey: ['vuid', 'region'] },
  },
  {
    name: 'served-at',
    about: 'Stamps each record with the moment of the answer.',
    answer: (list) => {
      const { items, nextCursor } = usual(list);
      return json({ items: items.map((item) => ({ ...item, servedAt: list.earlier })), nextCursor });
    },
    withDefault: 'repeats',
    profile: { volatileFields: ['servedAt'] },
  },
  {
    name: 'shuffled-lists',
    about: 'Shows the tags of a record in another order each time.',
    answer: (list) => {
      const { items, nextCursor } = usual(list);
      const tags = list.earlier % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
      return json({ items: items.map((item) => ({ ...item, tags })), nextCursor });
    },
    withDefault: 'repeats',
    profile: { unorderedFields: ['connectorUids', 'tags'] },
  },
];
