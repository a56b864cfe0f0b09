import { type PreviewInput, postedLogs } from '../../tools/preview/data/preview-logs.ts';
import { servePreview } from '../../tools/preview/serve.ts';
import { sampleInputs } from '../support/preview-sample.ts';

/** How long the page of `--open` lets a user wait, in milliseconds, and over how many logs. */
export interface PreviewTimes {
  logs: number;
  /** Reading all logs as JSON: the least that any page over them needs. */
  parse: number;
  /** From posted logs to a page that answers. */
  load: number;
  /** The first board, with all that is evaluated for it and kept. */
  firstBoard: number;
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

/** Asks a page over many logs as a browser does. */
export async function previewTimes(): Promise<PreviewTimes> {
  const logs = postedLogs(inputs(LOGS), undefined, 0);
  const texts = logs.map(({ posted }) => JSON.stringify(posted));
  const [parse] = await timed(() => texts.forEach((text) => void JSON.parse(text)));
  const [load, page] = await timed(() => servePreview({ logs, origin: 'the bench', isSample: true }));
  try {
    const ask = (path: string, query: [string, string][]) =>
      timed(async () => {
        const response = await fetch(`${page.address}api/${path}?${new URLSearchParams(query)}`);
        if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
        return (await response.json()) as { next?: string | null };
      });
    const search: [string, string][] = [['query', 'signed OR @evt.outcome:false']];
    const [firstBoard] = await ask('board', [['key', 'overview']]);
    const [board] = await ask('board', [['key', 'overview']]);
    const [found, { next }] = await ask('logs', search);
    const [nextPage] = await ask('logs', [...search, ['cursor', next ?? '']]);
    const [facets] = await ask('facets', [
      ...search,
      ...FACETS.map((facet): [string, string] => ['facet', facet]),
    ]);
    const [signals] = await ask('signals', []);
    return { logs: LOGS, parse, load, firstBoard, board, search: found, nextPage, facets, signals };
  } finally {
    await page.close();
  }
}
