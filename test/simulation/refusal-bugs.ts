import type { Page, Source } from '../../lambda/forwarder/core/ports.ts';
import { replaced, withStore } from './bug-making.ts';
import type { DeliberateBug } from './bugs.ts';
import type { Conditions } from './conditions.ts';
import { MemoryStore } from './memory-store.ts';
import type { Bug } from './simulate.ts';

type Pages = Source['pages'];

/** Replaces how the parts of refused ranges are asked for; each of these requests is made once. */
const withParts = (change: (pages: Pages) => Pages): Pick<Bug, 'ports'> => ({
  ports: (ports) => {
    const changed = change(ports.source.pages);
    const pages: Pages = (stream, range, options) =>
      (options.maxAttempts === 1 ? changed : ports.source.pages)(stream, range, options);
    return { ...ports, source: { ...ports.source, pages } };
  },
});

/** Every second half of a division counts as answered, without a request. */
function withoutSecondHalves(pages: Pages): Pages {
  let firstHalfEnd: number | undefined;
  return async function* (stream, range, options): AsyncGenerator<Page> {
    if (range.from === firstHalfEnd) {
      firstHalfEnd = undefined;
      options.onEnd?.('stated');
      return;
    }
    yield* pages(stream, range, options);
    firstHalfEnd = range.to - range.from > 1 ? range.to : undefined;
  };
}

/** A second that the source refuses counts as empty. */
const withoutRefusals = (pages: Pages): Pages =>
  async function* (stream, range, options): AsyncGenerator<Page> {
    try {
      yield* pages(stream, range, options);
    } catch (error) {
      if (range.to - range.from > 1) throw error;
      options.onEnd?.('stated');
    }
  };

/** Some seconds fail, for a while, and everything else is answered. */
const REFUSING: Conditions = {
  faults: ['seconds that fail'],
  server: { takesUpperBound: true, filters: true },
};

/** Bugs about ranges that the source refuses, and about writes that arrive late. */
export const REFUSAL_BUGS: readonly DeliberateBug[] = [
  {
    name: 'holes are not saved',
    profile: 'core',
    conditions: REFUSING,
    ...withStore((store) => ({
      save: (lease, progress) => store.save(lease, { ...progress, holes: [] }),
      release: (lease, progress, clean) => store.release(lease, { ...progress, holes: [] }, clean),
    })),
  },
  {
    name: 'holes are never asked for again',
    profile: 'core',
    conditions: REFUSING,
    ...withStore((store) => ({
      async acquire(request) {
        const answer = await store.acquire(request);
        if (answer.held) return answer;
        const holes = answer.state.holes.map((hole) => ({ ...hole, refusedAt: request.now }));
        return { ...answer, state: { ...answer.state, holes } };
      },
    })),
  },
  {
    name: 'the second half of a division is not asked for',
    profile: 'core',
    conditions: REFUSING,
    ...withParts(withoutSecondHalves),
  },
  {
    name: 'a second that is refused counts as empty',
    profile: 'core',
    conditions: REFUSING,
    ...withParts(withoutRefusals),
  },
  {
    name: 'a save that arrives late replaces a newer one',
    profile: 'full',
    // The watermarks refuse most of them anyway, so there must be several saves between two of their moves.
    conditions: {
      faults: ['delayed saves', 'source slow'],
      faultRate: 0.15,
      maxSliceRecords: 3,
      settings: { lookbackSeconds: 10_800, initialLookbackSeconds: 14_400 },
    },
    install: () => {
      const { save } = MemoryStore.prototype;
      return replaced(MemoryStore.prototype, {
        save(this: MemoryStore, lease, progress) {
          const present = this.read(lease.stream);
          if (present && present.fence === lease.fence && present.owner === lease.owner) {
            this.states.set(lease.stream, { ...present, saves: progress.saves - 1 });
          }
          save.call(this, lease, progress);
        },
      }).install();
    },
  },
];
