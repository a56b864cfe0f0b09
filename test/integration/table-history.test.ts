import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamoStateStore } from '../../lambda/forwarder/aws/state-table.ts';
import { runStream } from '../../lambda/forwarder/core/runs/stream.ts';
import { deadlineIn } from '../../lambda/shared/clock.ts';
import { auditRecord } from '../support/core-records.ts';
import { useDynamo } from '../support/dynalite.ts';
import { fakeQuarantine, fakeSink, fakeSource } from '../support/fake-ports.ts';
import { NOW, recordingTelemetry, stubClock } from '../support/outside-world.ts';
import {
  HOUR_SECONDS as HOUR,
  SETTLE_SECONDS as SETTLE,
  STREAM_SETTINGS,
} from '../support/stream-settings.ts';

/** What may happen to the table behind the forwarder's back. */

type Item = Record<string, AttributeValue>;

const dynamo = useDynamo();
let table: string;

beforeEach(async () => {
  table = await dynamo.createTable();
});

async function allItems(): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client: dynamo.client }, { TableName: table })) {
    items.push(...(page.Items ?? []));
  }
  return items;
}

const keyOf = ({ pk, sk }: Item): Item => ({ pk: pk as AttributeValue, sk: sk as AttributeValue });

async function remove(items: readonly Item[]): Promise<void> {
  for (const item of items) {
    await dynamo.client.send(new DeleteItemCommand({ TableName: table, Key: keyOf(item) }));
  }
}

/** Puts the table back to what it held before, as a restore to a point in time does. */
async function restore(items: readonly Item[]): Promise<void> {
  await remove(await allItems());
  for (const Item of items) await dynamo.client.send(new PutItemCommand({ TableName: table, Item }));
}

const isLedger = ({ sk }: Item) => sk?.S?.startsWith('LEDGER#') === true;

/** Runs of the audit log stream over the real state table. */
function world() {
  const source = fakeSource();
  const sink = fakeSink();
  const clock = stubClock();
  let runs = 0;
  return {
    source,
    clock,
    run: () =>
      runStream(
        'audit-logs',
        {
          source,
          sink,
          clock,
          store: dynamoStateStore({ client: dynamo.client, table }),
          quarantine: fakeQuarantine(),
          telemetry: recordingTelemetry(),
          random: () => 0.5,
        },
        STREAM_SETTINGS,
        { owner: `run-${++runs}`, deadline: deadlineIn(clock, 235_000), remainingMs: 240_000 },
      ),
    /** How often each actor's log was accepted. */
    accepted(): Record<string, number> {
      const counts: Record<string, number> = {};
      for (const { actor } of sink.accepted) counts[String(actor)] = (counts[String(actor)] ?? 0) + 1;
      return counts;
    },
    /** Whose logs say that they may be repeats. */
    marked: () =>
      sink.accepted.flatMap(({ actor, valence_forwarder }) =>
        Reflect.get(valence_forwarder as object, 'possible_duplicate') ? [actor] : [],
      ),
  };
}

const recordAt = (actor: string, time: number) => auditRecord({ actor, timeEpoch: time });

describe('F64 entries of the ledger', () => {
  it('that are deleted early repeat records, unmarked, and lose none', async () => {
    const { run, source, clock, accepted, marked } = world();
    source.records['audit-logs'] = [recordAt('ann', NOW - HOUR), recordAt('bob', NOW - 2 * HOUR)];
    await run();
    await remove((await allItems()).filter(isLedger));
    await clock.sleep(HOUR * 1000);
    source.records['audit-logs'].push(recordAt('cleo', NOW + HOUR / 2));

    await run();

    expect(accepted()).toEqual({ ann: 2, bob: 2, cleo: 1 });
    // Nothing shows that entries are missing.
    expect(marked()).toEqual([]);
  });

  it('that have ended on time repeat what is swept so late, and say so', async () => {
    const { run, source, clock, accepted, marked } = world();
    source.records['audit-logs'] = [recordAt('ann', NOW - HOUR)];
    await run();
    await clock.sleep((24 + 14 * 24) * HOUR * 1000);
    await remove((await allItems()).filter(isLedger));

    await run();

    expect(accepted()).toEqual({ ann: 2 });
    expect(marked()).toEqual(['ann']);
  });

  it('that outstay their time still count', async () => {
    const { run, source, clock, accepted } = world();
    source.records['audit-logs'] = [recordAt('ann', NOW - HOUR)];
    await run();
    for (const item of (await allItems()).filter(isLedger)) {
      await dynamo.client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(item),
          UpdateExpression: 'SET expiresAt = :past',
          ExpressionAttributeValues: { ':past': { N: String(NOW - HOUR) } },
        }),
      );
    }
    await clock.sleep(HOUR * 1000);

    const report = await run();

    expect(report).toMatchObject({ forwarded: 0, duplicates: 1, error: null });
    expect(accepted()).toEqual({ ann: 1 });
  });

  it('outlive the look-back by two weeks', async () => {
    const { run, source } = world();
    source.records['audit-logs'] = [recordAt('ann', NOW - HOUR)];

    await run();

    const [entry] = (await allItems()).filter(isLedger);
    expect(entry?.['expiresAt']).toEqual({ N: String(NOW + 24 * HOUR + 14 * 24 * HOUR) });
  });
});

describe('F65 a table restored to two hours ago', () => {
  it('repeats what it has forgotten, unmarked, and loses nothing', async () => {
    const { run, source, clock, accepted, marked } = world();
    source.records['audit-logs'] = [recordAt('ann', NOW - HOUR)];
    await run();
    const twoHoursAgo = await allItems();
    await clock.sleep(2 * HOUR * 1000);
    source.records['audit-logs'].push(recordAt('bob', NOW + HOUR));
    await run();
    await restore(twoHoursAgo);
    source.records['audit-logs'].push(recordAt('cleo', NOW + HOUR + 1));

    const report = await run();

    expect(report).toMatchObject({ caughtUp: true, error: null, watermark: NOW + 2 * HOUR - SETTLE });
    expect(accepted()).toEqual({ ann: 1, bob: 2, cleo: 1 });
    // A table as it was once is a table like any other.
    expect(marked()).toEqual([]);
  });
});
