import type { FoundSignals } from '../../explore/answers.ts';
import { explorerOf } from '../../explore/explorer.ts';
import { numberOf, type Route } from '../preview.ts';

/**
 * What the detection rules raise over all logs, and why others stay quiet: `status` and `rule` narrow it, `offset` and `limit` give a
 * page. The time frame of the page does not count: rules look at windows of their own.
 */
export const signals: Route = {
  path: 'signals',
  answer: (query, preview): FoundSignals =>
    explorerOf(preview.logs.all()).signals.list({
      status: query.get('status') ?? undefined,
      rule: query.get('rule') ?? undefined,
      offset: numberOf(query, 'offset', { otherwise: 0, from: 0, to: 1e6 }),
      limit: numberOf(query, 'limit', { otherwise: 50, from: 1, to: 200 }),
    }),
};
