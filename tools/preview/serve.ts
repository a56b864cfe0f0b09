import { fitted } from '../cli/width.ts';
import { inventedCountries, realCountries } from './data/countries.ts';
import { asTheyArose } from './data/first-run.ts';
import { getReady } from './data/get-ready.ts';
import { type LogStore, logStore } from './data/log-store.ts';
import type { LogsToCome } from './data/preview-logs.ts';
import { openBrowser } from './open-browser.ts';
import type { Preview } from './server/preview.ts';
import { type PreviewServer, startPreviewServer } from './server/server.ts';

/** The page over some logs. */
export interface ServedPreview extends PreviewServer {
  /** Shows more logs. */
  add: LogStore['add'];
}

export interface PreviewOptions {
  /** What is shown from the start. */
  logs: LogsToCome;
  /** Where they are from, in a few words. */
  origin: string;
  /** Whether they are made up: then countries of their addresses are, too. */
  isSample: boolean;
  /** Whether more will be added. @default false */
  isGrowing?: boolean;
  /** Reads how the forwarder is that sent them. */
  forwarder?: Preview['forwarder'];
}

/** Serves the page until it is closed. */
export async function servePreview({
  logs,
  origin,
  isSample,
  isGrowing = false,
  forwarder,
}: PreviewOptions): Promise<ServedPreview> {
  const store = logStore(isSample ? inventedCountries : realCountries);
  const add: LogStore['add'] = (more) => store.add(asTheyArose(more));
  add(logs);
  const closed = new AbortController();
  const server = await startPreviewServer({
    logs: store,
    origin,
    inventedCountries: isSample,
    isGrowing,
    readiness: getReady(store, closed.signal),
    forwarder,
  });
  return {
    ...server,
    add,
    close: () => {
      closed.abort();
      return server.close();
    },
  };
}

/** Resolves at the first request to end the process. A second one ends it at once. */
export const askedToEnd = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });

/**
 * Serves the page, opens it, and waits until the user ends the command.
 * @param print prints the lines that say where the page is
 */
export async function showPreview(options: PreviewOptions, print: (text: string) => void): Promise<void> {
  const end = askedToEnd();
  const preview = await servePreview(options);
  print(
    fitted(
      `\n${addressText(preview.address)}\nCtrl-C ends it. Only this machine can open it; it sends and stores nothing.`,
    ),
  );
  openBrowser(preview.address);
  await end;
  await preview.close();
}

/** The line that says where the page is. */
export const addressText = (address: string): string => `Dashboards, logs and signals: ${address}`;
