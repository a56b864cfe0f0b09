import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BadQuery } from '../bad-query.ts';
import { admitted, type Reply, SAFE_HEADERS, text } from './doors.ts';
import { pageFiles } from './page-files.ts';
import type { Preview } from './preview.ts';
import { ROUTES } from './routes.ts';

/**
 * Serves the page. Searches, widgets and rules are evaluated here and not in the browser: the evaluator is the one that the tests
 * use, 100,000 logs stay where they are, and the page gets only what it shows.
 */

export interface PreviewServer {
  /** `http://127.0.0.1:PORT/TOKEN/`; only who knows it gets an answer. */
  readonly address: string;
  /** Stops listening and cuts every open connection. */
  close(): Promise<void>;
}

const json = (status: number, value: unknown): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});

/** The answer of a route; a query that it cannot fulfil is refused with a reason. */
async function routed(url: URL, preview: Preview): Promise<Reply | undefined> {
  const route = ROUTES.find(({ path }) => url.pathname === `/api/${path}`);
  if (!route) return undefined;
  try {
    return json(200, await route.answer(url.searchParams, preview));
  } catch (error) {
    if (error instanceof BadQuery) return json(400, { error: error.message });
    throw error;
  }
}

/** Starts the server on a free port of 127.0.0.1. */
export async function startPreviewServer(preview: Preview): Promise<PreviewServer> {
  const token = randomBytes(16).toString('hex');
  // They are made while the user turns to the browser. What fails, fails in the answer.
  const making = pageFiles();
  making.catch(() => {});

  const replyTo = async (url: URL): Promise<Reply> =>
    (await making).get(url.pathname) ??
    (await routed(url, preview)) ??
    text(404, 'There is nothing at this address.');

  const server = createServer((request, response) => {
    const url = admitted(request, token);
    (url instanceof URL ? replyTo(url) : Promise.resolve(url))
      .catch(({ stack }: Error) => text(500, `This is a bug of the tool: please report it.\n${stack}`))
      .then(({ status, type, body }) => {
        response.writeHead(status, { ...SAFE_HEADERS, 'content-type': type });
        response.end(body);
      })
      // The browser has gone away.
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
