import type { Route } from './preview.ts';
import { board } from './routes/board.ts';
import { boards } from './routes/boards.ts';

/** What the page can ask, one file each. */
export const ROUTES: readonly Route[] = [boards, board];
