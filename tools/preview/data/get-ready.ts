import { setImmediate } from 'node:timers/promises';
import type { Readiness } from '../api.ts';
import { eachEvaluatedRule, RULE_COUNT } from './evaluated-rules.ts';
import type { LogStore } from './log-store.ts';

/** Longer pauses between answers would be felt, in milliseconds. */
const SLICE_MS = 20;

/**
 * Puts the logs of a page through the pipeline and evaluates the rules over them, which takes seconds for each ten thousand logs. In
 * between the server answers. It is done in slices and not in another thread, because then all that was found would have to be copied.
 * @param signal ends it
 * @returns how far it is, at any time
 */
export function getReady(store: LogStore, signal: AbortSignal): () => Readiness {
  const all = store.unread();
  let rules = 0;
  let isReady = false;
  const work = async () => {
    while (store.unread() > 0) {
      const until = performance.now() + SLICE_MS;
      while (performance.now() < until && store.readNext());
      await setImmediate(undefined, { signal });
    }
    for (const _ of eachEvaluatedRule(store.all())) {
      rules++;
      await setImmediate(undefined, { signal });
    }
  };
  work()
    // What fails here fails again in the answer that needs it, and is reported there.
    .catch(() => {})
    .finally(() => {
      isReady = true;
    });
  return () => ({
    isReady,
    logs: { done: Math.max(0, all - store.unread()), all },
    rules: { done: rules, all: RULE_COUNT },
  });
}
