import { describe, expect, it } from 'vitest';
import { LOG_PIPELINE } from '../../../../infra/datadog/pipeline.ts';
import type { LogsPipeline } from '../../../../infra/datadog/types.ts';
import { isObject, type JsonObject } from '../../../../lambda/shared/json.ts';
import { removeAt } from '../../../../tools/datadog/interpreter/paths.ts';
import { processLog, type Surroundings } from '../../../../tools/datadog/interpreter/process-log.ts';
import { postedLogs } from '../../../../tools/preview/data/preview-logs.ts';
import { type Golden, goldenNames, readGolden } from '../../../support/datadog/golden.ts';
import { HOSTED_HELPERS, HOSTED_PIPELINE } from '../../../support/datadog/hosted-pipeline.ts';

const OURS_ALONE = [LOG_PIPELINE];
const HOSTED_FIRST = [HOSTED_PIPELINE, LOG_PIPELINE];
const HOSTED_LAST = [LOG_PIPELINE, HOSTED_PIPELINE];

/** Arrival of records that have no usable time, epoch seconds. */
const OTHERWISE = 1_767_000_000;

const DATABASES = {
  geoIp: {
    '192.0.2.7': { country: { iso_code: 'FR' } },
    '198.51.100.9': { country: { iso_code: 'BR' } },
    '203.0.113.7': { country: { iso_code: 'DE' } },
  },
  userAgents: { 'python-requests/2.32.3': { browser: { family: 'Python Requests' } } },
};

const goldens = goldenNames().map((name) => ({ name, golden: readGolden(name) }));

/** What a hosted pipeline that runs last takes from all events of an alert. */
const OF_ALL_EVENTS = ['usr', 'evt.name', 'evt.outcome', 'network', 'http'];

const eventsOf = ({ record }: Golden) => (Array.isArray(record['events']) ? record['events'].length : 0);

/** It also fills what is not known of a user with what is known of an app. */
const MIXED = '81-alert-by-user-and-app.json';

const overwritten = (name: string, golden: Golden) =>
  eventsOf(golden) > 1 ? OF_ALL_EVENTS : name === MIXED ? ['usr'] : [];

function outcome(
  pipelines: readonly LogsPipeline[],
  { stream, record, now }: Golden,
  decidingRemapper?: Surroundings['decidingRemapper'],
) {
  const [{ posted, arrival } = { posted: {}, arrival: 0 }] = postedLogs([{ stream, record }], now, OTHERWISE);
  const log = processLog(pipelines, posted, {
    now: arrival * 1000,
    ...DATABASES,
    ...(decidingRemapper && { decidingRemapper }),
  });
  for (const helper of HOSTED_HELPERS) removeAt(log.attributes, helper);
  return log;
}

const without = (log: ReturnType<typeof outcome>, paths: readonly string[]) => {
  const rest = structuredClone(log);
  for (const path of paths) removeAt(rest.attributes, path);
  return rest;
};

/** A list of platforms that only the hosted pipeline cuts, because commas in names make it ambiguous. */
const onlyHosted = ({ attributes }: ReturnType<typeof outcome>) => {
  const user = attributes['user_change_details'];
  return isObject(user) && 'platform_list' in user ? ['user_change_details.platforms'] : [];
};

describe.each(['first', 'last'] as const)('where the %s remapper decides', (deciding) => {
  it.each(goldens)('$name is the same without the hosted pipeline and after it', ({ golden }) => {
    const alone = outcome(OURS_ALONE, golden, deciding);
    expect(without(outcome(HOSTED_FIRST, golden, deciding), onlyHosted(alone))).toEqual(alone);
  });

  it.each(goldens)('$name has the same facts before the hosted pipeline and after it', ({ name, golden }) => {
    const joined = overwritten(name, golden);
    expect(without(outcome(HOSTED_LAST, golden, deciding), joined)).toEqual(
      without(outcome(HOSTED_FIRST, golden, deciding), joined),
    );
  });
});

it('there are alerts of several events whose facts are known of some events alone', () => {
  expect(goldens.filter(({ golden }) => eventsOf(golden) > 1).length).toBeGreaterThan(4);
});

it('a hosted pipeline that runs last joins the values of several events: this is why facts have a place of their own', () => {
  const { attributes } = outcome(HOSTED_LAST, readGolden('58-alert-of-several-events.json'));
  expect(attributes).toMatchObject({
    network: { client: { ip: '203.0.113.7,198.51.100.9,192.0.2.99,203.0.113.7' } },
    valence_forwarder: {
      primary_event: {
        actor: { id: 'usr-chloe' },
        ip: '198.51.100.9',
        geoip: { country: { iso_code: 'BR' } },
      },
    },
  });
});

it('a log of another forwarder keeps the result of the hosted pipeline', () => {
  const posted: JsonObject = {
    ddsource: 'valence-security',
    service: 'alerts',
    alert: { vuid: 'a', events: [{ ip: '192.0.2.7', actorUser: { id: 'usr-ann' } }] },
  };
  const { attributes } = processLog(HOSTED_FIRST, posted, { now: 0 });
  expect(attributes).toMatchObject({ usr: { id: 'usr-ann' }, network: { client: { ip: '192.0.2.7' } } });
});
