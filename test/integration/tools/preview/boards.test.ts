import { afterAll, beforeAll, expect, it } from 'vitest';
import { DASHBOARDS } from '../../../../infra/datadog/dashboards.ts';
import { definitionsOf } from '../../../../tools/datadog/evaluator/widget-queries.ts';
import { resultOf } from '../../../../tools/datadog/evaluator/widget-results.ts';
import { inventedCountries, realCountries } from '../../../../tools/preview/data/countries.ts';
import { logStore } from '../../../../tools/preview/data/log-store.ts';
import { type PostedLog, postedLogs } from '../../../../tools/preview/data/preview-logs.ts';
import { type ServedPreview, servePreview } from '../../../../tools/preview/serve.ts';
import { boardOf, resultIn, widgetsOf } from '../../../support/datadog/preview-board.ts';
import { NOW } from '../../../support/outside-world.ts';
import { UNSAFE } from '../../../support/preview-records.ts';
import { sampleLogs } from '../../../support/preview-sample.ts';

const KEYS = Object.keys(DASHBOARDS) as (keyof typeof DASHBOARDS)[];

const LOGS = sampleLogs({ alerts: 60, auditLogs: 300 });
const served: ServedPreview[] = [];
const serving = async (logs: readonly PostedLog[], isSample: boolean) => {
  const preview = await servePreview({ logs, origin: 'a test', isSample });
  served.push(preview);
  return preview;
};

let preview: ServedPreview;
beforeAll(async () => {
  preview = await serving(LOGS, true);
});
afterAll(() => Promise.all(served.map((each) => each.close())));

it.each(KEYS)('every widget of %s shows what the evaluator finds, and none is left out', async (key) => {
  const store = logStore(inventedCountries);
  store.add(LOGS);
  const frame = store.span();
  const board = DASHBOARDS[key];
  // Widgets with a time frame of their own look further back than there are logs.
  const shown = {
    logs: store.all(),
    signals: store.signalsWithin(frame),
    frame,
    variables: board.template_variables,
  };
  // Zero would read as if addresses had been looked up.
  const isExternal = (definition: object) => JSON.stringify(definition).includes('@threat_intel');
  const expected = definitionsOf(board).flatMap((definition) =>
    definition.type === 'note' || isExternal(definition)
      ? []
      : [{ title: definition.title, result: resultOf(definition, shown) }],
  );
  const answered = widgetsOf(await boardOf(preview, key));

  const drawn = answered.filter(({ result }) => result.kind !== 'not-drawn');
  expect(drawn.map(({ title, result }) => ({ title, result }))).toEqual(JSON.parse(JSON.stringify(expected)));
  expect(answered.length - drawn.length).toBe(definitionsOf(board).filter(isExternal).length);
});

it('a variable takes a value with an asterisk, as in Datadog', async () => {
  const all = await boardOf(preview, 'overview');
  const [user = ''] = all.variables.find(({ name }) => name === 'user')?.values ?? [];
  const exact = await boardOf(preview, 'overview', { 'var.user': user });
  const begun = await boardOf(preview, 'overview', { 'var.user': `${user.slice(0, -4)}*` });

  expect(resultIn(exact, 'Logs')).not.toMatchObject({ value: 0 });
  expect(resultIn(begun, 'Logs')).toEqual(resultIn(exact, 'Logs'));
});

it('a variable narrows every count', async () => {
  const all = await boardOf(preview, 'overview');
  const user = all.variables.find(({ name }) => name === 'user')?.values[0] ?? '';
  const narrowed = await boardOf(preview, 'overview', { 'var.user': user });

  expect(narrowed.variables).toContainEqual(expect.objectContaining({ name: 'user', picked: user }));
  expect(resultIn(narrowed, 'People and apps seen')).toMatchObject({ value: 1 });
  expect(resultIn(narrowed, 'Top users')).toMatchObject({ values: [{ value: user }] });
});

it('a time frame leaves out what is before and after it', async () => {
  const to = (NOW - 3600) * 1000;
  const from = to - 3600_000;
  const board = await boardOf(preview, 'audit-insights', { from: String(from), to: String(to) });
  const expected = LOGS.filter(
    ({ posted: { service, timeEpoch } }) =>
      service === 'audit-logs' && Number(timeEpoch) * 1000 >= from && Number(timeEpoch) * 1000 < to,
  );

  expect(board.frame).toEqual({ from, to });
  expect(resultIn(board, 'Audit logs')).toMatchObject({ value: expected.length });
  expect(resultIn(board, 'Audit logs over time by action')).toMatchObject({
    starts: expect.arrayContaining([from]),
  });
});

it.each(KEYS)('an empty organisation: %s shows zeros and nothing else', async (key) => {
  const results = widgetsOf(await boardOf(preview, key, { empty: '1' })).map(({ result }) => result);
  const shown = results.filter((result) => {
    if (result.kind === 'not-drawn') return false;
    if (result.kind === 'value') return result.value !== 0;
    if (result.kind === 'series') return result.series.length > 0;
    return 'rows' in result ? result.rows.length > 0 : !('values' in result) || result.values.length > 0;
  });
  expect(shown).toEqual([]);
});

it('sample records are in invented countries, and the page says so', async () => {
  const board = await boardOf(preview, 'overview');
  expect(board.data.inventedCountries).toBe(true);
  const map = resultIn(board, 'Where clients are');
  const codes = map.kind === 'values' ? map.values.map(({ value }) => value) : [];
  expect(codes).toEqual(expect.arrayContaining(['US', 'DE', 'GB']));
});

it('records of a file are where the open table says, and addresses of documentation nowhere', async () => {
  const records = ['8.8.8.8', '192.0.2.7', '10.0.0.1'].map((ipAddress, index) => ({
    stream: 'audit-logs' as const,
    record: { actor: 'ann@example.com', action: 'User signed in', ipAddress, timeEpoch: NOW + index },
  }));
  const board = await boardOf(await serving(postedLogs(records, undefined, NOW), false), 'overview');

  expect(board.data.inventedCountries).toBe(false);
  expect(resultIn(board, 'Where clients are')).toMatchObject({ values: [{ value: 'US', count: 1 }] });
  expect(resultIn(board, 'Top countries')).toMatchObject({ values: [{ value: 'United States', count: 1 }] });
  expect(['2001:db8::1', '300.1.1.1', 'here'].map(realCountries)).toEqual([undefined, undefined, undefined]);
});

it('a value with quotes and backslashes can be picked', async () => {
  const actor = 'a "quoted\\" one';
  const record = { actor, action: 'User signed in', timeEpoch: NOW };
  const odd = await serving(postedLogs([{ stream: 'audit-logs', record }], undefined, NOW), false);

  expect(resultIn(await boardOf(odd, 'overview', { 'var.user': actor }), 'Logs')).toMatchObject({ value: 1 });
});

it('markup in records reaches the page as the text that it is', async () => {
  const odd = await serving(postedLogs(UNSAFE, undefined, NOW), false);
  const board = await boardOf(odd, 'overview');
  const list = resultIn(board, 'Latest logs');

  expect(resultIn(board, 'Top users')).toMatchObject({ values: [{ value: UNSAFE[0]?.record['actor'] }] });
  expect(list.kind === 'list' && list.rows[0]?.message).toContain('<script>');
});
