import { DEFAULT_INTERVAL_SECONDS } from '../../lambda/limits.ts';
import { DATADOG_SITES } from '../../lambda/shared/datadog-sites.ts';
import { withTable } from '../document-table.ts';
import { forwarderMonitors } from './monitors.ts';

/** The query without the parts that all monitors share. */
const condition = (query: string) =>
  `${counted(query)}${query.includes('.by(') ? '' : ', of all forwarders together'}`;

const counted = (query: string) =>
  query.replace(/^logs\("(?:\S+ ){2}(.*)"\)\.index.*\.last\("(\w+)"\) (.) (\d+)$/, '`$1` $3 $4 within $2');

/** Every monitor as a Markdown table. */
function monitorsTable(): string {
  const monitors = forwarderMonitors({
    intervalSeconds: DEFAULT_INTERVAL_SECONDS,
    runbookUrl: 'runbook.md',
    datadogSite: DATADOG_SITES[0],
  });
  const rows = Object.entries(monitors).map(([key, { name, query, priority, message }]) => {
    const [, anchor] = /#([\w-]+)$/.exec(message) ?? [];
    return [name, `\`${key}\``, condition(query), `P${priority}`, `[${anchor}](runbook.md#${anchor})`].join(
      ' | ',
    );
  });
  return [
    '| Monitor | Key | Alerts on so many run summaries of a forwarder | Priority | What to do |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

/** A document with the table of monitors up to date. */
export const withMonitors = (document: string): string => withTable(document, 'monitors', monitorsTable());
