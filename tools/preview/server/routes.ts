import type { Route } from './preview.ts';
import { board } from './routes/board.ts';
import { boards } from './routes/boards.ts';
import { facets } from './routes/facets.ts';
import { forwarder } from './routes/forwarder.ts';
import { log } from './routes/log.ts';
import { logs } from './routes/logs.ts';
import { ready } from './routes/ready.ts';
import { signal } from './routes/signal.ts';
import { signals } from './routes/signals.ts';

/** What the page can ask, one file each. */
export const ROUTES: readonly Route[] = [ready, boards, board, logs, facets, log, signals, signal, forwarder];
