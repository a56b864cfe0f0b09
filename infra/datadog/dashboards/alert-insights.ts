import { LOG_SOURCE, OWN_ATTRIBUTE } from '../../../lambda/contract.ts';
import type { Dashboard } from '../dashboard-types.ts';
import { ALERT_FACTS, CLOSED, FACTS, missing, notEmpty, OPEN } from '../facts.ts';
import { board, evenly, narrowed, row, section, variable } from './board.ts';
import { IP, linksOf, navigation, TENANT, TITLES, USER } from './links.ts';
import { alerts, both, type Remainder, unique } from './measures.ts';
import {
  type Extras,
  list,
  map,
  note,
  oldestList,
  overTime,
  remaining,
  share,
  table,
  top,
  value,
} from './widgets.ts';

const NAME = '@alert_type_details.name';
const SEVERITY = '@alert_type_details.severity';
const PLATFORM = '@alert_type_details.platform';
const { action: ACTION, actor: ACTOR, actorEmail: EMAIL, ip: ADDRESS, country: COUNTRY } = FACTS;
const { actionType: ACTION_TYPE, actorType: ACTOR_TYPE, outcome: OUTCOME, status: STATUS } = ALERT_FACTS;

const VARIABLES = [
  TENANT,
  variable('name', NAME),
  variable('severity', SEVERITY, ['Critical', 'High', 'Medium', 'Low']),
  variable('platform', PLATFORM),
  variable('status', STATUS),
  variable('action', ACTION),
  variable('action_type', ACTION_TYPE),
  USER,
  IP,
];

const ALL = narrowed(`source:${LOG_SOURCE} service:alerts`, VARIABLES);
const SEVERE = both(ALL, `${SEVERITY}:(Critical OR High)`);
const FAILED = both(ALL, `${OUTCOME}:Failure`);

/** Many alerts have it as an empty text. */
const MEANING = '@alert.events.action.actionDescription';

const BY_ACTOR = { links: linksOf('this actor', ACTOR, 'alert-insights') };
const BY_IP = { links: linksOf('this address', ADDRESS, 'alert-insights') };

/** A log of an alert whose status has become `Open`. It was closed before, or only worked on. */
const OPEN_AGAIN = `@${OWN_ATTRIBUTE}.changed:status ${OPEN}`;

/**
 * Alerts that a search finds and that are open: those never seen closed, and those that are open again. A search finds logs, and no log
 * shows that it is the last one of its alert: so all but those seen closed or open again, and the latter once more.
 */
const stillOpen = (search: string): Remainder => ({
  of: alerts(search),
  without: alerts(both(search, `(${CLOSED} OR (${OPEN_AGAIN}))`)),
  and: alerts(both(search, OPEN_AGAIN)),
});

/** Open alerts by type. The date of an alert is its creation, so the time frame is an age. */
const openBy = (title: string, last: NonNullable<Extras['last']>) =>
  table(title, ALERT_FACTS.title, { Open: stillOpen(ALL), Severe: stillOpen(SEVERE) }, { last });

export const ALERT_INSIGHTS: Dashboard = board({
  title: TITLES['alert-insights'],
  description:
    'Which alerts Valence Security raised: how severe, on which platform, about whom, what was done, and what is still open. Every number counts each alert once, however often it was forwarded.',
  variables: VARIABLES,
  rows: [
    row(2, [
      12,
      navigation(
        'alert-insights',
        'Numbers count each **alert** once. Actor, action and origin are those of the *primary event* of an alert, its latest event with an actor. Connectors and targets are those of all events.',
      ),
    ]),
    row(
      4,
      [2, value('Alerts', alerts(ALL))],
      [2, value('Critical and high', alerts(SEVERE))],
      [8, overTime('Alerts over time by severity', alerts(ALL), SEVERITY)],
    ),
  ],
  sections: [
    section(
      'amounts',
      'Which alerts',
      evenly(
        4,
        share('By severity', alerts(ALL), SEVERITY),
        top('Top alert names', alerts(ALL), NAME),
        share('By source kind', alerts(ALL), '@alert_type_details.sourceKind'),
      ),
      evenly(
        4,
        top('Top platforms', alerts(ALL), PLATFORM),
        top('By connector', alerts(ALL), '@alert.events.connectorDisplayName'),
        overTime('Alerts over time by platform', alerts(ALL), PLATFORM),
      ),
      row(
        5,
        [
          5,
          table('Alert types in detail', NAME, {
            Alerts: alerts(ALL),
            Severe: alerts(SEVERE),
            Actors: unique(ACTOR, ALL),
          }),
        ],
        // A table with both would leave out the types without a description.
        [7, list('What the alert types mean', ALL, [NAME, '@alert_type_details.description'])],
      ),
    ),
    section(
      'state',
      'Open and closed',
      row(2, [
        12,
        note(
          'An alert is forwarded once, with its status at that time. With `alertUpdates` on, it is forwarded again when it changes. *Open* is every alert that was not seen as `Resolved`, `Dismissed` or `Closed` in the time frame, or that became `Open` again; one that was closed once more after that still counts. An alert has the date of its creation, so the time frames below are ages; none reaches further back than the retention of the index, which may be shorter than a month. An alert that was older than 17 hours when it was forwarded has the date of its arrival.',
        ),
      ]),
      evenly(
        3,
        remaining('Still open', stillOpen(ALL)),
        remaining('Open, last day', stillOpen(ALL), { last: '1d' }),
        remaining('Open, last week', stillOpen(ALL), { last: '1w' }),
        remaining('Open, last month', stillOpen(ALL), { last: '1mo' }),
        remaining('Severe, still open', stillOpen(SEVERE)),
        value('Seen closed', alerts(both(ALL, CLOSED))),
      ),
      evenly(
        5,
        openBy('Open alerts up to a day old', '1d'),
        openBy('Open alerts up to a week old', '1w'),
        openBy('Open alerts up to a month old', '1mo'),
      ),
      row(5, [
        12,
        oldestList(
          'Oldest alerts that were not closed when forwarded',
          both(ALL, `-${CLOSED}`),
          [SEVERITY, STATUS, NAME, PLATFORM, ACTOR],
          { last: '1mo' },
        ),
      ]),
      evenly(
        4,
        share('By status', alerts(ALL), STATUS),
        overTime('Alerts over time by status', alerts(ALL), STATUS),
        share('Age when forwarded', alerts(ALL), `@${OWN_ATTRIBUTE}.age`),
      ),
    ),
    section(
      'changes',
      'What was done',
      evenly(
        4,
        share('Actions by type', alerts(ALL), ACTION_TYPE),
        top('Top actions', alerts(ALL), ACTION),
        share('By outcome', alerts(ALL), OUTCOME),
      ),
      row(5, [
        12,
        table('Actions in detail', ACTION, {
          Alerts: alerts(ALL),
          Severe: alerts(SEVERE),
          Failed: alerts(FAILED),
          'Kinds of alert': unique(NAME, ALL),
          Platforms: unique(PLATFORM, ALL),
          Actors: unique(ACTOR, ALL),
          Targets: unique('@alert.events.target.name', ALL),
          Addresses: unique(ADDRESS, ALL),
        }),
      ]),
      row(5, [
        12,
        list('What the actions mean', both(ALL, `${MEANING}:*`, notEmpty(MEANING)), [
          '@alert.events.action.actionName',
          MEANING,
        ]),
      ]),
    ),
    section(
      'people',
      'Who, and to whom',
      evenly(
        4,
        share('Actor types', alerts(ALL), ACTOR_TYPE),
        top('Top actors', alerts(ALL), ACTOR, BY_ACTOR),
        share('Target types', alerts(ALL), '@alert.events.targetType'),
        top('Top targets', alerts(ALL), '@alert.events.target.name'),
      ),
      row(5, [
        12,
        table(
          'Actors in detail',
          ACTOR,
          {
            Alerts: alerts(ALL),
            Severe: alerts(SEVERE),
            Failed: alerts(FAILED),
            'Kinds of alert': unique(NAME, ALL),
            Platforms: unique(PLATFORM, ALL),
            Actions: unique(ACTION, ALL),
            Countries: unique(COUNTRY, ALL),
            Addresses: unique(ADDRESS, ALL),
          },
          BY_ACTOR,
        ),
      ]),
    ),
    section(
      'threats',
      'How, by MITRE ATT&CK',
      evenly(
        4,
        top('Top tactics', alerts(ALL), '@alert_type_details.mitreAttackTactics'),
        top('Top techniques', alerts(ALL), '@alert_type_details.mitreAttackTechniques'),
      ),
    ),
    section(
      'places',
      'From where',
      row(
        5,
        [6, map('Where clients are', alerts(ALL))],
        [3, top('By country', alerts(ALL), COUNTRY)],
        [3, top('Top client IPs', alerts(ALL), ADDRESS, BY_IP)],
      ),
    ),
    section(
      'records',
      'Latest alerts',
      row(8, [12, list('Latest alerts', ALL, [SEVERITY, STATUS, NAME, PLATFORM, ACTOR])]),
      row(8, [
        12,
        list('Summaries', ALL, [SEVERITY, '@alert.events.connectorDisplayName', ACTOR, ACTION, OUTCOME]),
      ]),
    ),
    section(
      'records',
      'What the widgets above leave out',
      row(1, [12, note('A widget that groups by an attribute leaves out alerts without it.')]),
      evenly(
        2,
        value('Of unknown type', alerts(both(ALL, missing(NAME)))),
        value('Without events', alerts(both(ALL, '-@alert.events.eventId:*'))),
        value('Without an actor', alerts(both(ALL, `-${ACTOR}:*`))),
        value('Actor without e-mail', alerts(both(ALL, `-${EMAIL}:*`))),
        value('Without a client IP', alerts(both(ALL, `-${ADDRESS}:*`))),
        value('Without an action', alerts(both(ALL, `-${ACTION}:*`))),
      ),
    ),
  ],
});
