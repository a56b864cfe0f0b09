import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DetectionRule } from '../../../../infra/datadog/rule-types.ts';
import { DETECTION_RULES } from '../../../../infra/datadog/rules.ts';
import { isEvaluated, signalsOf } from '../../../../tools/datadog/evaluator/rules.ts';
import { matches } from '../../../../tools/datadog/interpreter/query/match.ts';
import { inventedCountries } from '../../../../tools/preview/data/countries.ts';
import { logStore } from '../../../../tools/preview/data/log-store.ts';
import { postedLogs } from '../../../../tools/preview/data/preview-logs.ts';
import type {
  ExplainedLog,
  ExplainedSignal,
  FoundFacets,
  FoundLogs,
  FoundSignals,
  ShownForwarder,
} from '../../../../tools/preview/explore/answers.ts';
import { type ServedPreview, servePreview } from '../../../../tools/preview/serve.ts';
import { NOW } from '../../../support/outside-world.ts';
import { UNSAFE } from '../../../support/preview-records.ts';
import { sampleLogs } from '../../../support/preview-sample.ts';

const FORWARDER: ShownForwarder = {
  kind: 'last',
  at: NOW,
  streams: [],
  runs: [],
  quarantine: { total: 0, shown: [] },
};

let preview: ServedPreview;
let unsafe: ServedPreview;
const store = logStore(inventedCountries);
beforeAll(async () => {
  const logs = sampleLogs({ alerts: 60, auditLogs: 300 });
  store.add(logs);
  preview = await servePreview({ logs, origin: 'a test', isSample: true, forwarder: () => FORWARDER });
  unsafe = await servePreview({
    logs: postedLogs(UNSAFE, undefined, NOW),
    origin: 'a test',
    isSample: false,
  });
});
afterAll(() => Promise.all([preview.close(), unsafe.close()]));

type Query = Record<string, string> | [string, string][];

const response = (path: string, query: Query = {}, of = preview) =>
  fetch(`${of.address}api/${path}?${new URLSearchParams(query)}`);

async function asked<T>(path: string, query: Query = {}, of = preview): Promise<T> {
  const answer = await response(path, query, of);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  return (await answer.json()) as T;
}

describe('logs', () => {
  it('a search that finds none names what no log has', async () => {
    const { total, absent } = await asked<FoundLogs>('logs', {
      query: '@success:false service:audit-logs @evt.outcome:true',
    });

    expect(total).toBe(0);
    expect(absent).toEqual(['@success']);
  });

  it('pages lose nothing and repeat nothing', async () => {
    const ids: number[] = [];
    const dates: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: Query = { query: 'service:audit-logs', limit: '47', ...(cursor && { cursor }) };
      const page: FoundLogs = await asked('logs', query);
      ids.push(...page.logs.map(({ id }) => id));
      dates.push(...page.logs.map(({ timestamp }) => timestamp));
      expect(page.total).toBe(300);
      cursor = page.next;
    }
    expect(new Set(ids).size).toBe(300);
    expect(ids).toHaveLength(300);
    expect(dates).toEqual(dates.toSorted((one, other) => other - one));
  });

  it('facets count what the search finds', async () => {
    const query = '@evt.outcome:false';
    const { counts, facets } = await asked<FoundFacets>('facets', [
      ['query', query],
      ['facet', 'service'],
      ['facet', '@valence_forwarder.primary_event.action'],
    ]);
    const expected = store.all().filter((log) => matches(query, log)).length;
    expect(counts[0]?.values).toEqual([{ value: 'audit-logs', count: expected }]);
    expect(counts[1]?.values.reduce((sum, { count }) => sum + count, 0)).toBe(expected);
    expect(facets).toContain('status');
  });

  it('one of them is whole and explained', async () => {
    const { logs } = await asked<FoundLogs>('logs', { query: 'service:alerts', limit: '1' });
    const { log, explanations } = await asked<ExplainedLog>('log', { id: String(logs[0]?.id) });
    expect(store.all()).toContainEqual(log);
    expect(explanations.map(({ title }) => title)).toContain('Fingerprint');
  });

  it.each([
    ['logs', { query: '(' }, 'ends too early'],
    ['logs', { query: 'a~b' }, 'cannot read "~b"'],
    ['logs', { query: 'service:alerts', cursor: 'x' }, 'from its beginning'],
    ['logs', { limit: '1000000' }, '"limit"'],
    ['logs', { from: '5', to: '1' }, '"from"'],
    ['facets', { facet: '@nothing' }, 'facet'],
    ['log', { id: '-1' }, 'no such log'],
    ['log', {}, 'no such log'],
    ['signal', { id: 'x' }, 'no such signal'],
    ['signals', { offset: '-1' }, '"offset"'],
  ])('%s with %o is refused with a reason', async (path, query, reason) => {
    const answer = await response(path, query as Record<string, string>);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: string }).error).toContain(reason);
  });
});

describe('signals', () => {
  it('are those of the evaluator, and all other rules have a reason', async () => {
    const { total, rules, quiet } = await asked<FoundSignals>('signals');
    const expected = Object.entries<DetectionRule>(DETECTION_RULES).map(([rule, definition]) => ({
      rule,
      count: isEvaluated(definition) ? signalsOf(definition, store.all()).length : 0,
    }));
    const raised = expected.filter(({ count }) => count > 0);
    expect(rules.map(({ rule, count }) => ({ rule, count }))).toEqual(raised);
    expect(total).toBe(raised.reduce((sum, { count }) => sum + count, 0));
    expect(quiet.map(({ rule }) => rule)).toEqual(
      expected.filter(({ count }) => count === 0).map(({ rule }) => rule),
    );
    for (const { text } of quiet) expect(text).not.toBe('');
  });

  it('one of them has its message and the logs behind it', async () => {
    const { signals } = await asked<FoundSignals>('signals', { status: 'critical', limit: '1' });
    const signal = await asked<ExplainedSignal>('signal', { id: signals[0]?.id ?? '' });
    const found = await asked<FoundLogs>('logs', { query: signal.search });
    expect(signal.message[0]).toEqual({ kind: 'heading', lines: [[{ style: 'plain', text: 'Goal' }]] });
    expect(found.logs.map(({ id }) => id)).toEqual(expect.arrayContaining([signal.samples[0]?.id]));
  });
});

describe('markup in records', () => {
  it('stays the text that it is, in JSON that no browser reads as a page', async () => {
    const { logs } = await asked<FoundLogs>('logs', {}, unsafe);
    const [alert, audit] = ['alerts', 'audit-logs'].map((name) =>
      logs.find(({ service }) => service === name),
    );
    const { log } = await asked<ExplainedLog>('log', { id: String(audit?.id) }, unsafe);
    expect(log.message).toBe(UNSAFE[0]?.record['details']);
    expect(alert?.id).toBeTypeOf('number');

    const { signals } = await asked<FoundSignals>('signals', { rule: 'alert' }, unsafe);
    const answer = await response('signal', { id: signals[0]?.id ?? '' }, unsafe);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const { title, message } = (await answer.json()) as ExplainedSignal;
    expect(title).toBe('Valence: <img src=x onerror="document.title=1"> name');
    const spans = message.flatMap(({ lines }) => lines.flat());
    const filled = spans.filter(({ text }) => text.includes('<img'));
    expect(filled.length).toBeGreaterThan(0);
    for (const { style } of filled) expect(style).toBe('code');
  });

  it('can be searched for by its facet', async () => {
    const { counts } = await asked<FoundFacets>('facets', { facet: '@valence_forwarder.actor' }, unsafe);
    for (const { value, count } of counts[0]?.values ?? []) {
      const query = `@valence_forwarder.actor:"${value.replace(/["\\]/g, '\\$&')}"`;
      expect((await asked<FoundLogs>('logs', { query }, unsafe)).total).toBe(count);
    }
    expect(counts[0]?.values.length).toBeGreaterThan(0);
  });
});

it('the forwarder is what its reader says, and none for a file', async () => {
  expect(await asked<ShownForwarder>('forwarder')).toEqual(FORWARDER);
  expect((await asked<ShownForwarder>('forwarder', {}, unsafe)).kind).toBe('none');
});
