import { describe, expect, it } from 'vitest';
import { LOG_PIPELINE } from '../../../../infra/datadog/pipeline.ts';
import type { NestedPipeline, Processor } from '../../../../infra/datadog/types.ts';
import { processLog } from '../../../../tools/datadog/interpreter/process-log.ts';

/** Datadog's limits on pipelines. */
const MAX_PROCESSORS = 20;
const MAX_GROK_RULES = 10;
const MAX_GROK_SAMPLES = 5;

const NOW = 1_767_000_000_000;

const branches = LOG_PIPELINE.processors.filter(
  (processor): processor is NestedPipeline => processor.type === 'pipeline',
);
const every = LOG_PIPELINE.processors.flatMap((processor) =>
  processor.type === 'pipeline' ? [processor, ...processor.processors] : [processor],
);
const ofType = (processors: readonly (Processor | NestedPipeline)[], type: Processor['type'] | 'pipeline') =>
  processors.filter((processor) => processor.type === type);

describe('what Datadog allows', () => {
  it('the pipeline and every processor is enabled, because the default is not', () => {
    for (const { is_enabled } of [LOG_PIPELINE, ...every]) expect(is_enabled).toBe(true);
  });

  it('a pipeline has no more processors than Datadog allows', () => {
    for (const { processors } of [LOG_PIPELINE, ...branches]) {
      expect(processors.length).toBeLessThanOrEqual(MAX_PROCESSORS);
    }
  });

  it('pipelines are nested one level deep', () => {
    for (const { processors } of branches) expect(ofType(processors, 'pipeline')).toEqual([]);
  });

  it('a grok parser has no more rules and samples than Datadog allows', () => {
    const parsers = every.filter((processor) => processor.type === 'grok-parser');
    expect(parsers.length).toBeGreaterThan(0);
    for (const { grok, samples } of parsers) {
      expect(grok.match_rules.split('\n').length).toBeLessThanOrEqual(MAX_GROK_RULES);
      expect(samples.length).toBeLessThanOrEqual(MAX_GROK_SAMPLES);
    }
  });

  it.each(['date-remapper', 'status-remapper', 'message-remapper'] as const)(
    'no branch has a second %s',
    (type) => {
      for (const { processors } of branches) {
        expect(ofType(processors, type).length).toBeLessThanOrEqual(1);
      }
    },
  );

  it('severities are translated before the status remapper, because it would map most to info', () => {
    for (const { processors } of branches) {
      const types = processors.map(({ type }) => type);
      if (types.includes('lookup-processor')) {
        expect(types.indexOf('lookup-processor')).toBeLessThan(types.indexOf('status-remapper'));
      }
    }
  });

  it('it is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(LOG_PIPELINE))).toEqual(LOG_PIPELINE);
  });
});

describe('its input', () => {
  it('a log of another source stays as it is', () => {
    const log = { ddsource: 'nginx', service: 'alerts', actor: 'ann@example.com', lag: 'critical' };
    expect(processLog([LOG_PIPELINE], log, { now: NOW })).toMatchObject({
      status: 'info',
      timestamp: NOW,
      attributes: { actor: 'ann@example.com', lag: 'critical' },
    });
  });

  it.each([
    ['ok', 'ok'],
    ['warn', 'warn'],
    ['critical', 'critical'],
  ])('a run summary with lag %s has the status %s', (lag, status) => {
    const summary = { ddsource: 'valence-forwarder', service: 'forwarder', message: 'run', lag };
    const log = processLog([LOG_PIPELINE], summary, { now: NOW });
    expect(log).toMatchObject({ status, message: 'run', timestamp: NOW, attributes: { lag } });
  });

  it('other logs of the forwarder have the status info', () => {
    const probe = { ddsource: 'valence-forwarder', service: 'forwarder', message: 'probe' };
    expect(processLog([LOG_PIPELINE], probe, { now: NOW }).status).toBe('info');
  });
});

it('the client is located and its agent described, where Datadog knows them', () => {
  const posted = {
    ddsource: 'valence-security',
    service: 'alerts',
    alert: { vuid: 'a' },
    valence_forwarder: { fingerprint: 'f', primary_event: { ip: '192.0.2.7', user_agent: 'curl/8' } },
  };
  const { attributes } = processLog([LOG_PIPELINE], posted, {
    now: NOW,
    geoIp: { '192.0.2.7': { country: { iso_code: 'FR' } } },
    userAgents: { 'curl/8': { browser: { family: 'curl' } } },
  });
  expect(attributes).toMatchObject({
    network: { client: { ip: '192.0.2.7', geoip: { country: { iso_code: 'FR' } } } },
    http: { useragent: 'curl/8', useragent_details: { browser: { family: 'curl' } } },
  });
});
