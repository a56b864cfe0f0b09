import { LOG_SOURCE } from '../../../lambda/contract.ts';
import type { Dashboard } from '../dashboard-types.ts';
import { FACTS } from '../facts.ts';
import { board, evenly, narrowed, row, section, variable } from './board.ts';
import { IP, linksOf, navigation, TENANT, TITLES, USER } from './links.ts';
import { both, logs, unique } from './measures.ts';
import { list, map, note, overTime, share, table, top, value } from './widgets.ts';

const { action: ACTION, actor: ACTOR, actorEmail: EMAIL, ip: ADDRESS, country: COUNTRY } = FACTS;
const OUTCOME = '@evt.outcome';

const VARIABLES = [
  TENANT,
  variable('action', ACTION),
  variable('outcome', OUTCOME, ['true', 'false']),
  USER,
  IP,
];

const ALL = narrowed(`source:${LOG_SOURCE} service:audit-logs`, VARIABLES);

/** The logs of some actions. */
const of = (...actions: readonly string[]) =>
  both(ALL, `${ACTION}:(${actions.map((action) => `"${action}"`).join(' OR ')})`);

const SUCCEEDED = `${OUTCOME}:true`;
const FAILED = `${OUTCOME}:false`;

const LOGINS = of('User signed in');
const USERS_CREATED = of('User created');
const USERS_DELETED = of('User deleted');
const USERS_UPDATED = of('User access updated');
const USER_CHANGES = of('User created', 'User deleted', 'User access updated');
const CONNECTORS_CREATED = of('Connector created');
const CONNECTORS_DELETED = of('Connector deleted');
const CONNECTOR_CHANGES = of(
  'Connector created',
  'Connector deleted',
  'Connector renamed',
  'Authenticate connector',
);
const UPLOADS = of('Upload data to connector');
const API_KEYS = of('API Key created');
const POLICIES_WRITTEN = of('Policy created or updated');
const POLICIES_DISABLED = of('Policy disabled');
const POLICY_CHANGES = of('Policy created or updated', 'Policy disabled');

const BY_ACTOR = { links: linksOf('this person', ACTOR, 'audit-insights') };
const BY_IP = { links: linksOf('this address', ADDRESS, 'audit-insights') };

const USER_COLUMNS = [
  ACTOR,
  '@user_change_details.username',
  '@user_change_details.role',
  '@user_change_details.platforms',
];
const CONNECTOR_COLUMNS = [ACTOR, '@connector_change_details.type', '@connector_change_details.name'];

export const AUDIT_INSIGHTS: Dashboard = board({
  title: TITLES['audit-insights'],
  description:
    'Who did what in Valence Security itself: sign-ins, users, connectors, uploads, API keys and policies.',
  variables: VARIABLES,
  rows: [
    row(2, [12, navigation('audit-insights', 'What people did in **Valence itself**, by its audit log.')]),
    row(
      4,
      [2, value('Audit logs', logs(ALL))],
      [2, value('Failed', logs(both(ALL, FAILED)))],
      [8, overTime('Audit logs over time by action', logs(ALL), ACTION)],
    ),
  ],
  sections: [
    section(
      'amounts',
      'What was done',
      evenly(
        4,
        top('Top actions', logs(ALL), ACTION),
        share('By outcome', logs(ALL), OUTCOME),
        share('By category', logs(ALL), '@evt.category'),
        top('Top users', logs(ALL), ACTOR, BY_ACTOR),
      ),
    ),
    section(
      'places',
      'From where',
      row(
        5,
        [6, map('Where clients are', logs(ALL))],
        [3, top('Top countries', logs(ALL), COUNTRY)],
        [3, top('Top client IPs', logs(ALL), ADDRESS, BY_IP)],
      ),
    ),
    section(
      'people',
      'Who',
      row(
        5,
        [
          8,
          table(
            'Users in detail',
            ACTOR,
            {
              'Audit logs': logs(ALL),
              Failed: logs(both(ALL, FAILED)),
              Actions: unique(ACTION, ALL),
              Countries: unique(COUNTRY, ALL),
              Addresses: unique(ADDRESS, ALL),
            },
            BY_ACTOR,
          ),
        ],
        [4, top('Failed actions', logs(both(ALL, FAILED)), ACTION)],
      ),
    ),
    section(
      'people',
      'Sign-ins',
      row(
        4,
        [2, value('Login attempts', logs(LOGINS))],
        [2, value('Logins failed', logs(both(LOGINS, FAILED)))],
        [4, overTime('Logins that succeeded', logs(both(LOGINS, SUCCEEDED)))],
        [4, overTime('Logins that failed', logs(both(LOGINS, FAILED)))],
      ),
      evenly(
        4,
        overTime('Login attempts over time by outcome', logs(LOGINS), OUTCOME),
        top('Failed logins by user', logs(both(LOGINS, FAILED)), ACTOR, BY_ACTOR),
        top('Failed logins by client IP', logs(both(LOGINS, FAILED)), ADDRESS, BY_IP),
      ),
    ),
    section(
      'changes',
      'Users',
      row(
        4,
        [2, value('Users created', logs(USERS_CREATED))],
        [2, value('Users deleted', logs(USERS_DELETED))],
        [2, value('Users updated', logs(USERS_UPDATED))],
        [3, overTime('User changes over time', logs(USER_CHANGES), ACTION)],
        [3, top('Who changed users', logs(USER_CHANGES), ACTOR, BY_ACTOR)],
      ),
      evenly(
        5,
        list('Created users', USERS_CREATED, USER_COLUMNS),
        list('Deleted users', USERS_DELETED, USER_COLUMNS),
        list('Updated users', USERS_UPDATED, USER_COLUMNS),
      ),
    ),
    section(
      'changes',
      'Connectors',
      row(
        4,
        [2, value('Connectors created', logs(CONNECTORS_CREATED))],
        [2, value('Connectors deleted', logs(CONNECTORS_DELETED))],
        [4, overTime('Connectors created over time', logs(CONNECTORS_CREATED))],
        [4, overTime('Connectors deleted over time', logs(CONNECTORS_DELETED))],
      ),
      evenly(
        5,
        list('Created connectors', CONNECTORS_CREATED, CONNECTOR_COLUMNS),
        list('Deleted connectors', CONNECTORS_DELETED, CONNECTOR_COLUMNS),
        list('Every change of a connector', CONNECTOR_CHANGES, [ACTION, ...CONNECTOR_COLUMNS]),
      ),
    ),
    section(
      'changes',
      'Uploads to connectors',
      row(
        4,
        [2, value('Uploads', logs(UPLOADS))],
        [2, value('Uploads that failed', logs(both(UPLOADS, FAILED)))],
        [4, overTime('Uploads over time', logs(UPLOADS))],
        [
          4,
          table('Uploads by connector', '@connector_details.name', {
            Uploads: logs(UPLOADS),
            Files: unique('@connector_details.file_name', UPLOADS),
            Users: unique(ACTOR, UPLOADS),
          }),
        ],
      ),
      row(5, [
        12,
        list('Uploads to connectors', UPLOADS, [
          ACTOR,
          OUTCOME,
          '@connector_details.file_name',
          '@connector_details.kind',
          '@connector_details.type',
          '@connector_details.name',
        ]),
      ]),
    ),
    section(
      'changes',
      'API keys',
      row(
        4,
        [2, value('API keys created', logs(API_KEYS))],
        [5, overTime('API keys created over time', logs(API_KEYS))],
        [
          5,
          table(
            'API key creators',
            ACTOR,
            {
              'API keys': logs(API_KEYS),
              'Service users': unique('@api_key_change_details.service_user', API_KEYS),
              Addresses: unique(ADDRESS, API_KEYS),
            },
            BY_ACTOR,
          ),
        ],
      ),
      row(5, [
        12,
        list('API keys', API_KEYS, [
          ACTOR,
          OUTCOME,
          '@api_key_change_details.name',
          '@api_key_change_details.service_user',
        ]),
      ]),
    ),
    section(
      'changes',
      'Policies',
      row(
        4,
        [2, value('Policies created or updated', logs(POLICIES_WRITTEN))],
        [2, value('Policies disabled', logs(POLICIES_DISABLED))],
        [8, overTime('Policy changes over time', logs(POLICY_CHANGES), ACTION)],
      ),
      row(
        6,
        [3, top('Who changed policies', logs(POLICY_CHANGES), ACTOR, BY_ACTOR)],
        [
          9,
          list('Policy changes', POLICY_CHANGES, [
            ACTOR,
            '@policy_change_details.activity',
            '@policy_change_details.name',
            '@policy_change_details.type',
            '@policy_change_details.platform',
            '@policy_change_details.instances',
          ]),
        ],
      ),
    ),
    section(
      'records',
      'Latest audit logs',
      row(8, [12, list('Latest audit logs', ALL, [ACTOR, ACTION, OUTCOME, ADDRESS])]),
    ),
    section(
      'records',
      'What the widgets above leave out',
      row(1, [12, note('Unknown actions, and logs without an attribute.')]),
      row(
        4,
        [3, value('Of an unknown action', logs(both(ALL, '-@evt.category:*')))],
        [3, value('Without an e-mail address', logs(both(ALL, `-${EMAIL}:*`)))],
        [6, top('Unknown actions', logs(both(ALL, '-@evt.category:*')), ACTION)],
      ),
    ),
  ],
});
