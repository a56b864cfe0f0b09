import { expect, it } from 'vitest';
import { LOG_PIPELINE } from '../../../../../infra/datadog/pipeline.ts';
import { OWN_ATTRIBUTE } from '../../../../../lambda/contract.ts';
import { isObject } from '../../../../../lambda/shared/json.ts';
import type { ProcessedLog } from '../../../../../tools/datadog/interpreter/log.ts';
import { explanationsOf, marksOf } from '../../../../../tools/preview/explore/explanations.ts';
import { FIELDS } from '../../../../../tools/preview/explore/own-fields.ts';
import { sampleRecords } from '../../../../support/datadog/sample-logs.ts';

const HOUR = 3_600_000;
const NOW = 1_767_000_000_000;

const log = (block: object, more: Partial<ProcessedLog> = {}): ProcessedLog => ({
  source: 'valence-security',
  service: 'alerts',
  status: 'info',
  timestamp: NOW,
  message: '',
  tags: [],
  attributes: { [OWN_ATTRIBUTE]: block },
  ...more,
});

const titles = (of: ProcessedLog) => explanationsOf(of).map(({ title }) => title);

// What the forwarder writes is held by the type of the table.
it('explains every field that the pipeline writes', () => {
  const written = [...JSON.stringify(LOG_PIPELINE).matchAll(/"target":"valence_forwarder\.(\w+)/g)];
  const passing = ['record', 'lower_case_email'];
  const fields = written.map(([, field]) => field).filter((field) => !passing.includes(field ?? ''));
  expect(fields).not.toEqual([]);
  for (const field of fields) expect(Object.keys(FIELDS)).toContain(field);
});

it('explains every field of the sample logs', () => {
  const blocks = sampleRecords().map(({ attributes }) => attributes[OWN_ATTRIBUTE]);
  // Others are not from the forwarder but from the crawler of the hosted integration.
  const own = blocks.filter(isObject).filter((block) => 'fingerprint' in block);
  const fields = new Set(own.flatMap(Object.keys));
  for (const field of fields) expect(Object.keys(FIELDS)).toContain(field);
});

it('begins with what was changed, and ends with what was added', () => {
  expect(titles(log({ fingerprint: 'f', possible_duplicate: true, redated: true }))).toEqual([
    'Re-dated',
    'Possible duplicate',
    'Fingerprint',
  ]);
});

it('says how old a re-dated record was', () => {
  const [redated] = explanationsOf(log({ redated: true, event_time: (NOW - 20 * HOUR) / 1000 }));
  expect(redated?.text).toContain('20 h before the date of the log');
  const [ahead] = explanationsOf(log({ redated: true, event_time: (NOW + HOUR) / 1000 }));
  expect(ahead?.text).toContain('1 h after the date of the log');
});

it.each([1e300, Number.NaN, 'yesterday', null])('endures the time %s', (event_time) => {
  expect(titles(log({ redated: true, event_time }))).toContain('Re-dated');
});

it('names what changed', () => {
  const [, changed] = explanationsOf(log({ update: true, changed: ['status', 'severity'] }));
  expect(changed?.text).toContain('status, severity');
});

it('finds what was redacted or left out anywhere in the log', () => {
  const redacted = log({}, { attributes: { alert: { events: [{ ip: '[redacted]' }] } } });
  const cut = log({}, { message: 'a [left out: 20 characters] b' });
  expect(titles(redacted)).toEqual(['Redacted']);
  expect(titles(cut)).toEqual(['Left out']);
});

it('marks in a list what a reader should notice, and nothing else', () => {
  const marked = log({ fingerprint: 'f', shrunk: true, extra: {} }, { tags: ['backfill:true'] });
  expect(marksOf(marked)).toEqual(['Shrunk', 'Backfill']);
  expect(marksOf(log({ fingerprint: 'f' }))).toEqual([]);
  expect(marksOf(log({}, { attributes: { [OWN_ATTRIBUTE]: 'text' } }))).toEqual([]);
});
