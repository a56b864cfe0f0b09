import { AsyncLocalStorage } from 'node:async_hooks';
import { Delivery } from '../../lambda/forwarder/core/delivery/delivery.ts';
import { replaced, withStore } from './bug-making.ts';
import type { DeliberateBug } from './bugs.ts';
import type { Conditions } from './conditions.ts';
import type { Bug } from './simulate.ts';

/** Deliveries of replays, and no others, do not decide on what was refused. */
function unfinishedReplays(): Pick<Bug, 'install' | 'aroundReplay'> {
  const replaying = new AsyncLocalStorage<true>();
  const { finish } = Delivery.prototype;
  return {
    ...replaced(Delivery.prototype, {
      async finish(this: Delivery) {
        if (!replaying.getStore()) await finish.call(this);
      },
    }),
    aroundReplay: (work) => replaying.run(true, work),
  };
}

const BACKFILLING: Conditions = {
  faults: ['backfills', 'late records'],
  density: 50,
  server: { filters: true, takesUpperBound: true },
};

/** Bugs of backfills and replays. */
export const ACTION_BUGS: readonly DeliberateBug[] = [
  {
    name: 'a replay does not decide on what Datadog refuses, and deletes it',
    profile: 'full',
    conditions: { faults: ['replays', 'rejected records'], density: 20 },
    ...unfinishedReplays(),
  },
  {
    name: 'a backfill enters the range of the live run',
    profile: 'full',
    conditions: BACKFILLING,
    ...withStore((store) => ({
      async read(stream) {
        const state = await store.read(stream);
        return state && { ...state, finalWatermark: state.watermark };
      },
    })),
  },
];
