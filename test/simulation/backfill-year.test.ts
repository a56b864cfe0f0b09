import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Capacity, countCapacity } from '../../lambda/forwarder/aws/capacity.ts';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { startDynamo, type TestDynamo } from '../support/dynalite.ts';
import { queryUnits, writeUnits } from './backfill-year/measures.ts';
import { isExact, simulateYear, type YearOutcome } from './backfill-year/simulate-year.ts';
import { Tally } from './backfill-year/tally.ts';
import { DEFAULT_SETTINGS, STREAM } from './backfill-year/world.ts';
import { makeYear } from './backfill-year/year.ts';

/** Small, but a whole year of hours. */
const SETTINGS = { ...DEFAULT_SETTINGS, records: 20_000 };
const TIMEOUT = { timeout: 180_000 };

describe('a year in which nothing fails', TIMEOUT, () => {
  let outcome: YearOutcome;
  beforeAll(async () => {
    outcome = await simulateYear(SETTINGS);
  }, 180_000);

  it('arrives record for record, twins too, in one invocation a slice', () => {
    expect(outcome.exactness).toEqual({ missing: 0, repeated: 0, inDoubt: 0, quarantined: 0 });
    expect(outcome.result).toMatchObject({ forwarded: 20_000, duplicates: 0, failures: [] });
    expect(outcome).toMatchObject({ executions: 1, invocations: outcome.result.slices, killed: 0 });
  });

  it('leaves the state of the live run as it was', () => {
    expect(outcome.liveStateUntouched).toBe(true);
  });

  it('keeps four slices running concurrently', () => {
    const sideBySide = outcome.billedSeconds / outcome.seconds;

    expect(sideBySide).toBeGreaterThan(3.8);
    expect(sideBySide).toBeLessThanOrEqual(4.01);
  });

  it('uses about as much of each service as a dry run estimates', () => {
    const { estimate, seconds, sourceRequests, usd } = outcome;

    for (const [estimated, actual] of [
      [estimate.seconds, seconds],
      [estimate.pages, sourceRequests],
      [estimate.usd.lambda, usd.lambda],
      [estimate.usd.dynamoDb, usd.dynamoDb],
      [estimate.usd.stepFunctions, usd.stepFunctions],
      [estimate.usd.traffic, usd.traffic],
    ] as const) {
      expect(estimated / actual).toBeGreaterThan(0.8);
      expect(estimated / actual).toBeLessThan(2.5);
    }
  });
});

describe(
  'a year in which invocations die, time runs out, replies are lost and records are refused',
  TIMEOUT,
  () => {
    let outcome: YearOutcome;
    beforeAll(async () => {
      outcome = await simulateYear({ ...SETTINGS, faults: true, timeoutMs: 10_000 });
    }, 180_000);

    it('is filled if it is started again until every slice is done', () => {
      const { result, exactness, killed, invocations } = outcome;

      expect(exactness.missing).toBe(0);
      expect(result).toMatchObject({ done: result.slices, failures: [] });
      expect(killed).toBeGreaterThan(0);
      expect(invocations).toBeGreaterThan(result.slices + killed);
    });

    it('repeats only what no run could know to have arrived', () => {
      const { repeated, inDoubt } = outcome.exactness;

      expect(inDoubt).toBeGreaterThan(0);
      expect(repeated).toBeGreaterThan(0);
      expect(repeated).toBeLessThanOrEqual(inDoubt);
    });

    it('puts what Datadog refuses into quarantine, and moves no watermark', () => {
      expect(outcome.exactness.quarantined).toBe(10);
      expect(outcome.liveStateUntouched).toBe(true);
      expect(isExact(outcome)).toBe(true);
    });
  },
);

describe('what is measured', () => {
  it('one record too few and one too many are both seen', () => {
    const year = makeYear({ seed: 1, records: 1000, rejected: false });
    const tally = new Tally(year);
    for (let number = 1; number < year.records; number++) tally.arrive(year.contentOf(number));
    tally.arrive(7);

    expect(tally.exactness()).toMatchObject({ missing: 1, repeated: 1 });
  });

  describe('units of the state table', () => {
    let dynamo: TestDynamo;
    let capacity: Capacity;
    beforeAll(async () => {
      dynamo = await startDynamo();
      capacity = countCapacity(dynamo.client);
    });
    afterAll(() => dynamo.close());

    it.each([0, 1, 60, 61, 1000])('of a chunk of %i entries are what DynamoDB counts', async (entries) => {
      const chunk = {
        hour: 482_000 + entries,
        fence: 6_000_000_000,
        sequence: 0,
        entries: new Uint8Array(1 + 16 * entries),
      };
      const store = dynamoStateStore({ client: dynamo.client, table: await dynamo.createTable() });
      const before = { ...capacity };

      await store.appendLedger(STREAM, chunk, 1_800_000_000);
      const chunks = await store.loadLedger(STREAM, chunk.hour);

      expect(capacity.writeUnits - before.writeUnits).toBe(writeUnits(STREAM, chunk));
      expect(capacity.readUnits - before.readUnits).toBe(queryUnits(STREAM, chunks));
    });
  });
});

describe('npm run sim -- --backfill-year', () => {
  const sim = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'test/simulation/cli.ts', '--backfill-year', ...args], {
      encoding: 'utf8',
    });

  it.each([
    [['--bogus'], '--bogus'],
    [['--records', 'many'], 'Give a whole number from 1 to'],
  ])('refuses %j', (args, message) => {
    const { status, stdout, stderr } = sim(...args, '--json');

    expect(status).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
    expect(stderr).toContain('Run npm run sim -- --help');
  });

  it('prints its usage', () => {
    expect(sim('--help').stdout).toContain('--records');
  });
});
