import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { Boards, Readiness } from '../../../../tools/preview/api.ts';
import type { LogsToCome, PostedLog } from '../../../../tools/preview/data/preview-logs.ts';
import { servePreview } from '../../../../tools/preview/serve.ts';
import { sampleLogs } from '../../../support/preview-sample.ts';

const LOGS = sampleLogs({ alerts: 60, auditLogs: 300 });

/** Logs that are made one after the other, and how many were made. */
function counted(logs: readonly PostedLog[]): { logs: LogsToCome; made: () => number } {
  let made = 0;
  const each = function* () {
    for (const log of logs) {
      made++;
      yield log;
    }
  };
  return { logs: { length: logs.length, [Symbol.iterator]: each }, made: () => made };
}

async function serve(logs: LogsToCome) {
  const preview = await servePreview({ logs, origin: 'a test', isSample: true });
  onTestFinished(() => preview.close());
  const ask = async <T>(path: string) => (await (await fetch(`${preview.address}api/${path}`)).json()) as T;
  return { preview, ask };
}

it('the page has an address before its logs are read, and tells how far it is until all is evaluated', async () => {
  const { logs, made } = counted(LOGS);
  const { ask } = await serve(logs);
  expect(made()).toBeLessThan(LOGS.length);

  const seen: Readiness[] = [];
  do seen.push(await ask<Readiness>('ready'));
  while (!seen.at(-1)?.isReady);

  const done = seen.map(({ logs }) => logs.done);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toMatchObject({ logs: { done: LOGS.length, all: LOGS.length } });
  expect(seen.at(-1)?.rules.done).toBe(seen.at(-1)?.rules.all);
  expect(made()).toBe(LOGS.length);
});

it('a question that comes before waits for all logs', async () => {
  const { ask } = await serve(counted(LOGS).logs);

  expect((await ask<Boards>('boards')).data.logs).toBe(LOGS.length);
});

it('a page that is closed reads no further', async () => {
  const { logs, made } = counted(Array.from({ length: 100 }, () => LOGS).flat());
  const { preview } = await serve(logs);
  await preview.close();
  const before = made();
  await setTimeout(50);

  expect(made()).toBe(before);
  expect(before).toBeLessThan(logs.length);
});
