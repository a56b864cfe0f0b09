import { describe, expect, it } from 'vitest';
import { LOG_PIPELINE } from '../../../../infra/datadog/pipeline.ts';
import { DETECTION_RULES } from '../../../../infra/datadog/rules.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import { signalsOf } from '../../../../tools/datadog/evaluator/rules.ts';
import type { ProcessedLog } from '../../../../tools/datadog/interpreter/log.ts';
import { processLog } from '../../../../tools/datadog/interpreter/process-log.ts';
import { alertRecord } from '../../../support/core-records.ts';
import { HOSTED_PIPELINE } from '../../../support/datadog/hosted-pipeline.ts';
import { NOW } from '../../../support/outside-world.ts';
import { HOUR_SECONDS } from '../../../support/stream-settings.ts';
import { streamWorld } from '../../../support/stream-world.ts';

/** What Datadog holds of an alert with the pipelines in both orders, for each version that the forwarder finds. */
async function logsOfVersions(versions: readonly JsonObject[], types: readonly JsonObject[] = []) {
  const { run, source, sink, clock } = streamWorld({}, { alertUpdates: true });
  source.types = new Map(types.map((type) => [type['vuid'] as string, type]));
  // What the first run finds counts as old.
  await run('alerts');
  await clock.sleep(HOUR_SECONDS * 1000);
  for (const version of versions) {
    source.records.alerts = [alertRecord({ creationTimestamp: NOW + 900, ...version })];
    await run('alerts');
    await clock.sleep(HOUR_SECONDS * 1000);
  }
  return sink.accepted.map((posted) =>
    [
      [LOG_PIPELINE, HOSTED_PIPELINE],
      [HOSTED_PIPELINE, LOG_PIPELINE],
    ].map((pipelines) => processLog(pipelines, posted, { now: NOW * 1000 })),
  );
}

const statusesOf = (rule: keyof typeof DETECTION_RULES, log: ProcessedLog) =>
  signalsOf(DETECTION_RULES[rule], [log]).map(({ status }) => status);

const rated = (severity: unknown, more: JsonObject = {}) => ({ alertType: { severity, ...more } });

describe('the status of the log and the rules go by one severity', () => {
  it.each<[string, JsonObject, string, string, string]>([
    ['that of the type', rated('High'), 'High', 'critical', 'high'],
    ['that of the type, in another case', rated('HIGH'), 'High', 'critical', 'high'],
    ['the default of the type', rated('', { defaultSeverity: 'critical' }), 'Critical', 'alert', 'critical'],
    ['not the default, if there is another', rated('Low', { defaultSeverity: 'High' }), 'Low', 'info', 'low'],
    ['that of the alert', { severity: 'critical', ...rated('Low') }, 'Critical', 'alert', 'critical'],
    ['that of an alert of unknown type', { severity: 'High' }, 'High', 'critical', 'high'],
    ['not a word of the alert that is none', { severity: 'Ann', ...rated('Low') }, 'Low', 'info', 'low'],
  ])('%s', async (_, alert, severity, status, signal) => {
    const [orders = []] = await logsOfVersions([alert]);

    expect(orders).toHaveLength(2);
    for (const log of orders) {
      expect(log.attributes).toMatchObject({ alert_type_details: { severity } });
      expect(log.status).toBe(status);
      expect(statusesOf('alert', log)).toEqual([signal]);
    }
  });

  it('which is none if neither states one', async () => {
    const [[log] = []] = await logsOfVersions([{}]);

    expect(log?.attributes).not.toHaveProperty('alert_type_details');
    expect(statusesOf('alert', log as ProcessedLog)).toEqual(['medium']);
  });
});

describe('an alert is escalated when that severity rises', () => {
  const TYPES = ['Low', 'high', 'Critical', 'CRITICAL'].map((severity) => ({ vuid: severity, severity }));
  const of = (vuid: string) => ({ alertTypeVuid: vuid });

  it.each<[string, JsonObject, JsonObject, string[]]>([
    ['it has a Critical type', of('Low'), of('Critical'), ['critical']],
    ['it has a high type, in small letters', of('Low'), of('high'), ['medium']],
    ['it has the same in another case', of('Critical'), of('CRITICAL'), []],
    ['it becomes Critical, its type is Low', of('Low'), { severity: 'Critical', ...of('Low') }, ['critical']],
    ['it becomes Low, its type is Critical', of('Critical'), { severity: 'Low', ...of('Critical') }, []],
    ['it stays Low, its type is another', { severity: 'Low', ...of('Low') }, of('Critical'), []],
  ])('%s', async (_, first, second, signals) => {
    const [, orders = []] = await logsOfVersions([first, { ...first, ...second }], TYPES);

    expect(orders).toHaveLength(2);
    for (const log of orders) expect(statusesOf('alert-escalated', log)).toEqual(signals);
  });
});
