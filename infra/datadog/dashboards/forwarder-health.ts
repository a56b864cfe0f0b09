import { LOG_SOURCE, OWN_ATTRIBUTE, OWN_LOG, STREAMS } from '../../../lambda/contract.ts';
import type { Dashboard } from '../dashboard-types.ts';
import { board, evenly, narrowed, row, section, variable } from './board.ts';
import { navigation, TENANT, TITLES } from './links.ts';
import { both, logs } from './measures.ts';
import { anyIs, list, note, overTime, share, table, top, value } from './widgets.ts';

const VARIABLES = [TENANT, variable('version', 'forwarder_version')];

/** Run summaries. A probe of the intake is also a log of the forwarder, but has no lag. */
const RUNS = narrowed(`source:${OWN_LOG.ddsource} service:${OWN_LOG.service} @lag:*`, VARIABLES);
const RECORDS = narrowed(`source:${LOG_SOURCE}`, VARIABLES);

/** Such as those of the crawler of the hosted integration. They lack the forwarder's tags, which the variables filter. */
const OTHERS = both(`source:${LOG_SOURCE}`, `-@${OWN_ATTRIBUTE}.fingerprint:*`);

const QUARANTINE = both(RUNS, '@quarantined:yes');
const FAILED = both(RUNS, '@run_status:failed');

/** Numbers of a run summary, which lists show. No API makes them measures, which charts need. */
export const RUN_NUMBERS = STREAMS.flatMap((stream) => [
  `@streams.${stream}.forwarded`,
  `@streams.${stream}.duplicates`,
  `@streams.${stream}.quarantined`,
  `@streams.${stream}.watermark_age`,
]);

export const FORWARDER_HEALTH: Dashboard = board({
  title: TITLES['forwarder-health'],
  description:
    'Whether the forwarder works: how far it is behind, how much it forwards, and what Datadog rejected. Reads the summary that the forwarder sends after each run (setting runSummaryLogs).',
  variables: VARIABLES,
  rows: [
    row(2, [
      12,
      navigation(
        'forwarder-health',
        'Reads the **run summaries** of the forwarder. *Lag* is `warn` when the watermark of a stream is more than an hour old, `critical` above twelve hours. To chart a number of a summary, make it a measure first; the lists below show it without one.',
      ),
    ]),
    evenly(
      2,
      value('Runs', logs(RUNS)),
      value('Runs that failed', logs(FAILED), anyIs('white_on_red')),
      value('Runs with lag: warn', logs(both(RUNS, '@lag:warn')), anyIs('white_on_yellow')),
      value('Runs with lag: critical', logs(both(RUNS, '@lag:critical')), anyIs('white_on_red')),
      value('Runs that quarantined records', logs(QUARANTINE), anyIs('white_on_red')),
      value('Records re-dated', logs(both(RECORDS, `@${OWN_ATTRIBUTE}.redated:true`))),
    ),
  ],
  sections: [
    section(
      'state',
      'Lag',
      row(
        4,
        [6, overTime('Runs over time by lag', logs(RUNS), '@lag')],
        [3, share('Alerts: lag', logs(RUNS), '@streams.alerts.lag')],
        [3, share('Audit logs: lag', logs(RUNS), '@streams.audit-logs.lag')],
      ),
    ),
    section(
      'amounts',
      'Runs',
      row(1, [12, note('A gap in the bars is time without a run.')]),
      row(
        4,
        [6, overTime('Runs over time by result', logs(RUNS), '@run_status')],
        [3, top('Errors', logs(RUNS), '@errors')],
        [
          3,
          table('Forwarders', 'tenant', {
            Runs: logs(RUNS),
            Failed: logs(FAILED),
            Late: logs(both(RUNS, '-@lag:ok')),
          }),
        ],
      ),
    ),
    section(
      'amounts',
      'Volume',
      row(1, [
        12,
        note(
          'Counts of logs, which need no measure. Logs *from another sender* have no tenant and no version: the variables do not filter them.',
        ),
      ]),
      row(
        4,
        [6, overTime('Records over time by stream', logs(RECORDS), 'service')],
        [3, top('Records by tenant', logs(RECORDS), 'tenant')],
        [3, top('Records by version of the forwarder', logs(RECORDS), 'forwarder_version')],
      ),
      row(
        2,
        [3, value('From the first run or a backfill', logs(both(RECORDS, 'backfill:true')))],
        [3, value('Possible duplicates', logs(both(RECORDS, `@${OWN_ATTRIBUTE}.possible_duplicate:true`)))],
        [2, value('Without a usable time', logs(both(RECORDS, `@${OWN_ATTRIBUTE}.timestamp_invalid:true`)))],
        [2, value('Cut because over 1 MB', logs(both(RECORDS, `@${OWN_ATTRIBUTE}.shrunk:true`)))],
        [2, value('From another sender', logs(OTHERS), anyIs('white_on_yellow'))],
      ),
    ),
    section(
      'threats',
      'Quarantine',
      row(1, [12, note('The quarantine bucket holds the records that Datadog rejected.')]),
      row(
        5,
        [4, overTime('Runs that quarantined records, over time', logs(QUARANTINE))],
        [
          8,
          list('Which runs quarantined records', QUARANTINE, [
            '@run_id',
            '@streams.alerts.quarantined',
            '@streams.audit-logs.quarantined',
          ]),
        ],
      ),
    ),
    section(
      'records',
      'Latest runs',
      row(6, [
        12,
        list('Runs that failed or are late', both(RUNS, '(@run_status:failed OR -@lag:ok)'), [
          '@lag',
          '@run_status',
          '@errors',
          '@run_id',
        ]),
      ]),
      row(8, [12, list('Latest runs', RUNS, ['@lag', '@run_status', ...RUN_NUMBERS])]),
    ),
  ],
});
