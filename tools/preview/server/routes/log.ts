import type { ExplainedLog } from '../../explore/answers.ts';
import { explorerOf } from '../../explore/explorer.ts';
import type { Route } from '../preview.ts';

/** One log, whole and explained: `id`. */
export const log: Route = {
  path: 'log',
  answer: (query, preview): ExplainedLog =>
    explorerOf(preview.logs.all()).log(Number(query.get('id') ?? Number.NaN)),
};
