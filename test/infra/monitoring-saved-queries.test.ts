import { beforeAll, expect, it } from 'vitest';
import { useForwarder } from '../support/forwarder.ts';
import { alert, auditRecord } from '../support/records.ts';
import { refusePostsWith } from '../support/refusals.ts';
import { inOrder, json, scriptedServer } from '../support/scripted-server.ts';
import { clientOf } from '../support/valence-client.ts';
import { monitoredTemplate, referenceTo } from './monitored.ts';

/** The saved queries, each held against what a real run of the artefact wrote. */

const REJECTED = 'rejected';
const GOOD_RUN = 'a-good-run';
const BAD_RUN = 'a-bad-run';

interface Query {
  Name: string;
  QueryString: string;
  LogGroupNames: { Ref: string }[];
}

const template = monitoredTemplate();
const queries = Object.fromEntries(
  Object.values(template.findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => [
    (Properties as Query).Name.replace('Watched/', ''),
    Properties as Query,
  ]),
);

type Line = Record<string, unknown>;

/** A line as Logs Insights sees it: nested fields under dotted names. */
const flattened = (line: object, prefix = ''): Line =>
  Object.fromEntries(
    Object.entries(line).flatMap(([key, value]) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(flattened(value, `${prefix}${key}.`))
        : [[prefix + key, value]],
    ),
  );

const command = (query: string, name: string) =>
  query
    .split('\n| ')
    .filter((part) => part.startsWith(`${name} `))
    .map((part) => part.slice(name.length + 1))
    .join(', ');

/** Whether a line passes the query's filter: `field = "value"` or `ispresent(field)`, joined by `or`. */
const passes = (query: string, line: Line): boolean =>
  command(query, 'filter')
    .split(' or ')
    .some((condition) => {
      const [, field = '', value] = /^([\w.]+) = "(.*)"$/.exec(condition) ?? [];
      if (field) return line[field] === value;
      const [, present] = /^ispresent\(([\w.]+)\)$/.exec(condition) ?? [];
      if (present) return present in line;
      throw new Error(`The test does not know this condition: ${condition}`);
    });

/** The fields of a line that a query shows or counts; what begins with @ is CloudWatch's own. */
function fieldsOf(query: string): string[] {
  const shown = [command(query, 'fields'), command(query, 'stats')].join(', ');
  return shown
    .split(/, | by /)
    .map((part) =>
      part
        .replace(/ as \w+$/, '')
        .replace(/^\w+\((.*)\)$/, '$1')
        .replace(/ \/ \d+$/, ''),
    )
    .filter((field) => /^[a-zA-Z]/.test(field));
}

const answerOf = (name: string, lines: readonly Line[]) => {
  const query = queries[name]?.QueryString ?? '';
  return { fields: fieldsOf(query), found: lines.filter((line) => passes(query, line)) };
};

const { newTenant, transcript } = useForwarder();
let lines: Line[];

beforeAll(async () => {
  await using tenant = await newTenant();
  const time = tenant.now() - 600;
  tenant.valence.alerts.add([alert(time, 'alert-1'), alert(time, REJECTED)]);
  tenant.valence.auditLogs.add([auditRecord(time, 'user-1')]);
  tenant.datadog.intercept = refusePostsWith(REJECTED, 400);
  await tenant.run({ requestId: GOOD_RUN });
  tenant.datadog.intercept = undefined;
  tenant.travel(300);
  tenant.valence.intercept = async () => ({ status: 401, headers: {}, body: '' });
  await tenant.failure({ requestId: BAD_RUN });
  lines = transcript()
    .split('\n')
    .filter((line) => line.startsWith('{"'))
    .map((line) => flattened(JSON.parse(line)));
});

it('errors by stream finds both streams with code and message', () => {
  const { fields, found } = answerOf('Errors by stream', lines);
  expect(fields).toEqual(['error.message', 'stream', 'error.code']);
  expect(found.map((line) => [line['stream'], line['error.code'], line['level']]).sort()).toEqual([
    ['alerts', 'source-refused-key', 'ERROR'],
    ['audit-logs', 'source-refused-key', 'ERROR'],
  ]);
  for (const line of found) expect(line['error.message']).toContain('Valence refused the API key');
});

it('slow runs finds one line a run, with its id, its time and its requests', () => {
  const { fields, found } = answerOf('Slow runs', lines);
  expect(fields).toEqual([
    'run_id',
    'RunDuration',
    'TimeLeft',
    'PagesFetched',
    'SourceErrors',
    'SinkErrors',
    'Throttled',
  ]);
  const figures = { RunDuration: expect.any(Number), TimeLeft: expect.any(Number), Throttled: 0 };
  expect(found).toEqual([
    // Two slices of each stream and the alert types; the refused alert in its batch, and by itself.
    expect.objectContaining({
      ...figures,
      run_id: GOOD_RUN,
      PagesFetched: 5,
      SourceErrors: 0,
      SinkErrors: 2,
    }),
    expect.objectContaining({ ...figures, run_id: BAD_RUN, PagesFetched: 0, SourceErrors: 2, SinkErrors: 0 }),
  ]);
});

it('quarantined finds the refused record, by fingerprint and status', () => {
  const { fields, found } = answerOf('Quarantined', lines);
  expect(fields).toEqual(['run_id', 'stream', 'fingerprint', 'status', 'elements']);
  expect(found).toEqual([
    expect.objectContaining({
      run_id: GOOD_RUN,
      stream: 'alerts',
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      status: 400,
    }),
  ]);
});

it('one run by id finds every line of that run and no other', () => {
  const query = (queries['One run by id']?.QueryString ?? '').replaceAll('paste-the-run-id', BAD_RUN);
  const found = lines.filter((line) => passes(query, line));
  const events = found.map(
    (line) => line['event'] ?? Object.keys(line).find((key) => /Age$|Duration$/.test(key)),
  );
  // Errors come by another channel than the rest, so nothing is said of the order.
  expect(events.sort()).toEqual([
    'RunDuration',
    'WatermarkAge',
    'WatermarkAge',
    'run-finished',
    'stream-failed',
    'stream-failed',
  ]);
});

it('slow pages finds a page that took long', async () => {
  await using server = await scriptedServer(
    inOrder(
      { status: 429, headers: { 'retry-after': '7' } },
      json({ items: [{ vuid: 'a' }], nextCursor: null }),
    ),
  );
  const { pages, telemetry } = clientOf(server.origin);
  await pages();
  const lines: Line[] = telemetry.infos.map(({ event, message, fields }) => ({
    event,
    message,
    run_id: GOOD_RUN,
    ...fields,
  }));
  const { fields, found } = answerOf('Slow pages', lines);
  expect(fields).toEqual(['run_id', 'endpoint', 'tookMs', 'records']);
  expect(found).toEqual([
    expect.objectContaining({ run_id: GOOD_RUN, endpoint: 'alerts', tookMs: 7000, records: 1 }),
  ]);
});

it('every query reads the function’s log, and has a test here', () => {
  expect(Object.keys(queries).sort()).toEqual([
    'Errors by stream',
    'One run by id',
    'Quarantined',
    'Slow pages',
    'Slow runs',
  ]);
  const log = referenceTo(template, 'AWS::Logs::LogGroup', 'Log');
  for (const { LogGroupNames } of Object.values(queries)) expect(LogGroupNames).toEqual([{ Ref: log }]);
});
