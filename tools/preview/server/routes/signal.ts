import type { ExplainedSignal } from '../../explore/answers.ts';
import { explorerOf } from '../../explore/explorer.ts';
import type { Route } from '../preview.ts';

/** One signal with its message and logs: `id`. */
export const signal: Route = {
  path: 'signal',
  answer: (query, preview): ExplainedSignal =>
    explorerOf(preview.logs.all()).signals.one(query.get('id') ?? ''),
};
