import type { Readiness } from '../../api.ts';
import type { Route } from '../preview.ts';

const READY: Readiness = { isReady: true, logs: { done: 0, all: 0 }, rules: { done: 0, all: 0 } };

/** How far the page is with what it needs before it can show anything. Every other route waits for it. */
export const ready: Route = {
  path: 'ready',
  answer: (_query, { readiness }): Readiness => readiness?.() ?? READY,
};
