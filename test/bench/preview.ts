import { setTimeout } from 'node:timers/promises';
import type { Readiness } from '../../tools/preview/api.ts';
import { eachPostedLog, type PreviewInput, postedLogs } from '../../tools/preview/data/preview-logs.ts';
import { servePreview } from '../../tools/preview/serve.ts';
import { sampleInputs } from '../support/preview-sample.ts';

/** How long the page of `--open` lets a user wait, in milliseconds, and over how many logs. */
export interface PreviewTimes {
  logs: number;
  /** Reading all logs as JSON: the least that any page over them needs. */
  parse: number;
  /** Until the page has an address and answers, and shows how far it is. */
  address: number;
  /** From the records to the first board: forwarder and pipeline over each, the rules over all, and the board. */
  firstBoard: number;
  /** A board after it. */
  board: number;
  search: number;
  /** The next page of the same search. */
  nextPage: number;
  /** Four facets of a search, counted for the first time. */
  facets: number;
  signals: number;
}

const LOGS = 100_000;
const ALERT_SHARE = 0.1;
const HOURS = 16;

/** As the page does. */
const ASK_EVERY_MS = 300;

const FACETS = ['service', 'status', '@valence_forwarder.actor', '@valence_forwarder.primary_event.action'];

function inputs(number: number): PreviewInput[] {
  const to = Math.floor(Date.now() / 1000);
  return sampleInputs({
    seed: 1,
    range: { from: to - HOURS * 3600, to },
    alerts: number * ALERT_SHARE,
    auditLogs: number * (1 - ALERT_SHARE),
  });
}

async function timed<T>(work: () => Promise<T> | T): Promise<[number, T]> {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

const readiness = async (address: string) => (await (await fetch(`${address}api/ready`)).json()) as Readiness;

/** Asks a page over many logs as a browser does. */
export async function previewTimes(): Promise<PreviewTimes> {
  const records = inputs(LOGS);
  const texts = postedLogs(records, undefined, 0).map(({ posted }) => JSON.stringify(posted));
  const [parse] = await timed(() => texts.forEach((text) => void JSON.parse(text)));
  const logs = {
    length: records.length,
    [Symbol.iterator]: () => eachPostedLog(records, undefined, 0),
  };
  const [address, page] = await timed(() => servePreview({ logs, origin: 'the bench', isSample: true }));
  const start = performance.now();
  try {
    const ask = (path: string, query: [string, string][]) =>
      timed(async () => {
        const response = await fetch(`${page.address}api/${path}?${new URLSearchParams(query)}`);
        if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
        return (await response.json()) as { next?: string | null };
      });
    const search: [string, string][] = [['query', 'signed OR @evt.outcome:false']];
    while (!(await readiness(page.address)).isReady) await setTimeout(ASK_EVERY_MS);
    await ask('board', [['key', 'overview']]);
    const firstBoard = performance.now() - start;
    const [board] = await ask('board', [['key', 'overview']]);
    const [found, { next }] = await ask('logs', search);
    const [nextPage] = await ask('logs', [...search, ['cursor', next ?? '']]);
    const [facets] = await ask('facets', [
      ...search,
      ...FACETS.map((facet): [string, string] => ['facet', facet]),
    ]);
    const [signals] = await ask('signals', []);
    return { logs: LOGS, parse, address, firstBoard, board, search: found, nextPage, facets, signals };
  } finally {
    await page.close();
  }
}
