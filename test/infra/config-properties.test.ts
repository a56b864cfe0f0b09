import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { contextSchema, readConfig } from '../../infra/config.ts';
import { DATADOG_SITES } from '../../lambda/shared/datadog-sites.ts';
import { problemsOf, settingsOf } from './configured.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/);

/** Settings as cdk.json holds them. */
const typedSettings = fc.record(
  {
    region: fc.constantFrom('us', 'eu'),
    awsRegion: fc.constantFrom('eu-west-1', 'us-gov-west-1', 'ap-southeast-4'),
    datadogSite: fc.constantFrom(...DATADOG_SITES),
    schedule: fc.integer({ min: 1, max: 360 }).map((minutes) => `rate(${minutes} minutes)`),
    collectAlerts: fc.boolean(),
    collectAuditLogs: fc.constant(true),
    initialLookbackHours: fc.integer({ min: 0, max: 720 }),
    valenceApi: fc.record(
      { itemsPath: word, timeUnit: fc.constantFrom('s', 'ms', 'iso'), pageSizeParam: fc.constant(null) },
      { requiredKeys: [] },
    ),
    datadogTags: fc.array(fc.tuple(word, word).map(([key, value]) => `${key}:${value}`)),
    datadogEnv: word,
    alertUpdates: fc.boolean(),
    alertSeverities: fc.subarray(['Critical', 'High', 'Medium', 'Low'], { minLength: 1 }),
    lookbackHours: fc.integer({ min: 0, max: 720 }),
    parallelSlices: fc.integer({ min: 1, max: 16 }),
    redact: fc.record({ remove: fc.constant(['alert.events[*].aux']), hash: fc.constant(['actor']) }),
    memorySize: fc.integer({ min: 256, max: 10_240 }),
    timeoutSeconds: fc.integer({ min: 30, max: 900 }),
    reservedConcurrency: fc.integer({ min: 5, max: 1000 }),
    logRetentionDays: fc.constantFrom(1, 30, 365),
    removalPolicy: fc.constantFrom('retain', 'destroy'),
    resourceTags: fc.dictionary(word, word),
  },
  { requiredKeys: [] },
);

/** Settings of which each alone is right, and all together too. */
const rightSettings = typedSettings.filter(({ timeoutSeconds = 0, schedule = 'rate(5 minutes)' }) => {
  const minutes = Number(/\d+/.exec(schedule)?.[0]);
  return timeoutSeconds + 20 < minutes * 60;
});

/** A setting as `-c key=value` gives it. */
const asText = (value: unknown) =>
  typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : String(value);

it('the text of -c and the typed JSON of cdk.json mean the same', () =>
  fc.assert(
    fc.property(rightSettings, (typed) => {
      const texts = Object.fromEntries(Object.entries(typed).map(([key, value]) => [key, asText(value)]));
      expect(readConfig(texts)).toEqual(readConfig(typed));
    }),
  ));

it('reads any context or refuses it with problems that each name a key', () =>
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(...Object.keys(contextSchema.shape)),
        fc.oneof(fc.jsonValue(), fc.string()),
        { maxKeys: 6 },
      ),
      (context) => {
        for (const problem of problemsOf(context)) {
          expect(Object.keys(contextSchema.shape)).toContain(/^\w+/.exec(problem)?.[0]);
        }
      },
    ),
  ));

it('a tenant without settings equals the single forwarder', () =>
  fc.assert(
    fc.property(rightSettings, (typed) => {
      const [tenant] = readConfig({ ...typed, tenants: [{ name: 'acme' }] });
      expect({ ...tenant, tenant: undefined, suffix: undefined }).toEqual(settingsOf(typed));
    }),
  ));
