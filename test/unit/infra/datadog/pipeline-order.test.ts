import { describe, expect, it } from 'vitest';
import { LOG_PIPELINE } from '../../../../infra/datadog/pipeline.ts';
import type { LogsPipeline } from '../../../../infra/datadog/types.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { processLog, type Surroundings } from '../../../../tools/datadog/interpreter/process-log.ts';
import { postedLogs } from '../../../../tools/datadog/preview-logs.ts';
import { type Golden, goldenNames, readGolden } from '../../../support/datadog/golden.ts';
import { HOSTED_HELPERS, HOSTED_PIPELINE } from '../../../support/datadog/hosted-pipeline.ts';

const OURS_ALONE = [LOG_PIPELINE];
const HOSTED_FIRST = [HOSTED_PIPELINE, LOG_PIPELINE];
const HOSTED_LAST = [LOG_PIPELINE, HOSTED_PIPELINE];

/** Arrival of records that have no usable time, epoch seconds. */
const OTHERWISE = 1_767_000_000;

const DATABASES = {
  geoIp: { '192.0.2.7': { country: { iso_code: 'FR' } }, '203.0.113.7': { country: { iso_code: 'DE' } } },
  userAgents: { 'python-requests/2.32.3': { browser: { family: 'Python Requests' } } },
};

const goldens = goldenNames().map((name) => ({ name, golden: readGolden(name) }));

const eventsOf = ({ record }: Golden) => (Array.isArray(record['events']) ? record['events'].length : 0);
const ofOneEvent = goldens.filter(({ golden }) => eventsOf(golden) <= 1);
const ofSeveralEvents = goldens.filter(({ golden }) => eventsOf(golden) > 1);

/** The hosted pipeline may cut a list of platforms whose names hold commas in a way of its own. */
const AMBIGUOUS = '20-platform-name-with-comma.json';

function outcome(
  pipelines: readonly LogsPipeline[],
  { stream, record, now }: Golden,
  decidingRemapper: Surroundings['decidingRemapper'],
) {
  const [{ posted, arrival } = { posted: {}, arrival: 0 }] = postedLogs([{ stream, record }], now, OTHERWISE);
  const log = processLog(pipelines, posted, {
    now: arrival * 1000,
    ...DATABASES,
    ...(decidingRemapper && { decidingRemapper }),
  });
  const { [HOSTED_HELPERS]: _, ...attributes } = log.attributes as JsonObject;
  return { ...log, attributes };
}

describe.each(['first', 'last'] as const)('where the %s remapper decides', (deciding) => {
  it.each(ofOneEvent.filter(({ name }) => name !== AMBIGUOUS))(
    '$name is the same without the hosted pipeline, after it and before it',
    ({ golden }) => {
      const alone = outcome(OURS_ALONE, golden, deciding);
      expect(outcome(HOSTED_FIRST, golden, deciding)).toEqual(alone);
      expect(outcome(HOSTED_LAST, golden, deciding)).toEqual(alone);
    },
  );

  it.each([...ofSeveralEvents, ...ofOneEvent.filter(({ name }) => name === AMBIGUOUS)])(
    '$name is the same without the hosted pipeline and after it',
    ({ golden }) => {
      expect(outcome(HOSTED_FIRST, golden, deciding)).toEqual(outcome(OURS_ALONE, golden, deciding));
    },
  );
});

it('a hosted pipeline that runs last joins the values of several events: this is why the order matters then', () => {
  const golden = readGolden('58-alert-of-several-events.json');
  const { attributes } = outcome(HOSTED_LAST, golden, undefined);
  expect(attributes['network']).toMatchObject({
    client: { ip: '203.0.113.7,198.51.100.9,192.0.2.99,203.0.113.7' },
  });
});

it('a log of another forwarder keeps the result of the hosted pipeline', () => {
  const posted = {
    ddsource: 'valence-security',
    service: 'alerts',
    alert: { vuid: 'a', events: [{ ip: '192.0.2.7', actorUser: { id: 'usr-ann' } }] },
  };
  const { attributes } = processLog(HOSTED_FIRST, posted, { now: 0 });
  expect(attributes).toMatchObject({ usr: { id: 'usr-ann' }, network: { client: { ip: '192.0.2.7' } } });
});
