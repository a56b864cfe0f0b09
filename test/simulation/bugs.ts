import type { Stream } from '../../lambda/contract.ts';
import type { LedgerEntry } from '../../lambda/forwarder/core/ledger/entry.ts';
import { LedgerTables } from '../../lambda/forwarder/core/ledger/tables.ts';
import type { Log } from '../../lambda/forwarder/core/logs/types.ts';
import type { Lease, LedgerChunk, Ports, Progress, StateStore } from '../../lambda/forwarder/core/ports.ts';
import { CopyCounter } from '../../lambda/forwarder/core/slices/copy-counter.ts';
import { sliceRules } from '../../lambda/forwarder/core/slices/planner.ts';
import { ChunkReader } from '../support/ledger-chunks.ts';
import type { Profile } from './scenario.ts';
import type { Bug } from './simulate.ts';
import { ValenceServer } from './valence-server.ts';

export interface DeliberateBug extends Bug {
  name: string;
  /** The profile that must find it: what the sweep repairs shows in `core` only. */
  profile: Profile;
  /** It must be found within so many seeds. */
  seeds: number;
}

const replaced = <T extends object>(target: T, change: Partial<T>) => ({
  install: () => {
    const original = Object.fromEntries(Object.keys(change).map((name) => [name, Reflect.get(target, name)]));
    Object.assign(target, change);
    return () => void Object.assign(target, original);
  },
});

const withStore = (change: (store: StateStore, ports: Ports) => Partial<StateStore>) => ({
  ports: (ports: Ports): Ports => ({ ...ports, store: { ...ports.store, ...change(ports.store, ports) } }),
});

/** Remembers the lease and the progress of each stream, and does something with it before each post. */
function beforePost(
  act: (
    store: StateStore,
    stream: Stream,
    held: { lease: Lease; progress: Progress },
    logs: Log[],
  ) => Promise<void>,
) {
  return {
    ports: (ports: Ports): Ports => {
      const held = new Map<string, { lease: Lease; progress: Progress }>();
      const { store, sink } = ports;
      return {
        ...ports,
        store: {
          ...store,
          async acquire(request) {
            const answer = await store.acquire(request);
            if (!answer.held) held.set(request.stream, { lease: answer.lease, progress: answer.state });
            return answer;
          },
          async save(lease, progress) {
            held.set(lease.stream, { lease, progress: { ...progress } });
            await store.save(lease, progress);
          },
        },
        sink: {
          async post(body, options) {
            const logs: Log[] = JSON.parse(body.toString());
            const stream = logs[0]?.service as Stream;
            const own = held.get(stream);
            if (own) await act(store, stream, own, logs);
            return sink.post(body, options);
          },
        },
      };
    },
  };
}

/** Asks for other places than the client means to. */
function misplaced(parameter: string, place: (asked: number, pageSize: number) => number) {
  const { answer } = ValenceServer.prototype;
  return replaced(ValenceServer.prototype, {
    answer(this: ValenceServer, invocation, request, now) {
      const url = new URL(request.url);
      const { searchParams } = url;
      const asked = searchParams.get(parameter);
      if (asked) searchParams.set(parameter, `${place(Number(asked), Number(searchParams.get('limit')))}`);
      return answer.call(this, invocation, { ...request, url: url.href }, now);
    },
  });
}

/** Ledger entries wait for the next note of progress, so that a run that dies leaves several batches in doubt. */
const lateNotes = () =>
  withStore((store) => {
    const waiting: Parameters<StateStore['appendLedger']>[] = [];
    const write = async () => {
      for (const note of waiting.splice(0)) await store.appendLedger(...note);
    };
    return {
      appendLedger: async (...note) => void waiting.push(note),
      async loadLedger(stream, hour) {
        await write();
        return store.loadLedger(stream, hour);
      },
      async save(lease, progress) {
        await write();
        await store.save(lease, progress);
      },
      async release(lease, progress, clean) {
        await write();
        await store.release(lease, progress, clean);
      },
    };
  });

/** What was ever noted of an alert counts as known. */
function setOfVersions(): Pick<DeliberateBug, 'install' | 'ports'> {
  const { lookUp } = LedgerTables.prototype;
  /** Fingerprints by the key of their alert. */
  const noted = new Map<string, Set<string>>();
  const lookedUp = replaced(LedgerTables.prototype, {
    lookUp(this: LedgerTables, entry: LedgerEntry) {
      const known = lookUp.call(this, entry);
      const wasNoted = noted.get(entry.key)?.has(entry.version ?? '') === true;
      return known === 'changed' && wasNoted ? 'unchanged' : known;
    },
  });
  return {
    install: () => {
      noted.clear();
      return lookedUp.install();
    },
    ports: (ports) => {
      const posted = new Set<string>();
      const chunks = new ChunkReader(() => posted);
      return {
        ...ports,
        sink: {
          post(body, options) {
            for (const log of JSON.parse(body.toString()) as Log[]) {
              if (log.valence_forwarder) posted.add(log.valence_forwarder.fingerprint);
            }
            return ports.sink.post(body, options);
          },
        },
        store: {
          ...ports.store,
          async appendLedger(stream, chunk, expiresAt) {
            await ports.store.appendLedger(stream, chunk, expiresAt);
            for (const { key, fingerprint = '' } of chunks.read(stream, chunk.entries)) {
              noted.set(key, (noted.get(key) ?? new Set()).add(fingerprint));
            }
          },
        },
      };
    },
  };
}

let chunks = 0;

/** An entry of the ledger's layout for an audit log. */
function auditChunk({ lease }: { lease: Lease }, log: Log): LedgerChunk {
  const entries = Buffer.from(`01${log.valence_forwarder.fingerprint}`, 'hex');
  const hour = Math.floor(Number(log['timeEpoch'] ?? 0) / 3600);
  return { hour, fence: lease.ledgerFence, sequence: 900_000 + chunks++, entries };
}

/** Nobody notes how far the sweep may have posted, so what it posts again after a death carries no mark. */
export const SWEEP_WITHOUT_MARKS: Bug = withStore((store) => ({
  async acquire(request) {
    const answer = await store.acquire(request);
    return answer.held ? answer : { ...answer, state: { ...answer.state, sweepEnd: 0, sweepDoubtEnd: 0 } };
  },
}));

/** Bugs that the simulator must find, or it is not worth its time. */
export const DELIBERATE_BUGS: readonly DeliberateBug[] = [
  {
    name: 'the watermark moves before the post',
    profile: 'core',
    seeds: 20,
    ...beforePost(async (store, _, { lease, progress }) => {
      const watermark = Math.max(progress.watermark, progress.freshEnd);
      await store.save(lease, { ...progress, watermark });
    }),
  },
  {
    name: 'the ledger is written before the post',
    profile: 'core',
    seeds: 20,
    ...beforePost(async (store, stream, own, logs) => {
      if (stream !== 'audit-logs') return;
      await Promise.all(logs.map((log) => store.appendLedger(stream, auditChunk(own, log), 9_999_999_999)));
    }),
  },
  {
    name: 'the ledger is written when it is read again or progress is saved, not after each post',
    profile: 'core',
    // Found by what one run may leave in doubt, and by nothing else in so few.
    seeds: 50,
    ...lateNotes(),
  },
  {
    name: 'the ledger lives for an hour only',
    profile: 'full',
    seeds: 20,
    ...withStore((store, { clock }) => ({
      appendLedger: (stream, chunk) => store.appendLedger(stream, chunk, clock.wall() / 1000 + 3600),
    })),
  },
  {
    name: 'no ledger',
    profile: 'full',
    seeds: 20,
    ...withStore(() => ({ appendLedger: async () => undefined })),
  },
  {
    name: 'a ledger that keeps every version of an alert instead of the last',
    profile: 'full',
    seeds: 300,
    ...setOfVersions(),
  },
  {
    name: 'a set of contents instead of counted copies',
    profile: 'full',
    seeds: 200,
    ...replaced(CopyCounter.prototype, {
      see: setOfContents(),
      confirmed: () => [],
    }),
  },
  {
    name: 'copies counted within a page only',
    profile: 'full',
    seeds: 300,
    ...replaced(CopyCounter.prototype, { confirmed: () => [] }),
  },
  {
    name: 'no settle time',
    profile: 'core',
    seeds: 20,
    settings: { settleSeconds: 0 },
  },
  {
    name: 'no lease',
    profile: 'full',
    seeds: 50,
    ports: (ports, { table, checker, invocations }) => ({
      ...ports,
      store: {
        ...ports.store,
        async acquire(request) {
          const answer = await ports.store.acquire(request);
          const state = answer.held ? table.read(request.stream) : undefined;
          const invocation = invocations.at(-1);
          if (!state || !invocation) return answer;
          const { stream, owner, leaseUntil } = request;
          const lease = {
            stream,
            owner: state.owner || owner,
            fence: state.fence,
            ledgerFence: 6_000_000_000 + state.fence,
            until: leaseUntil,
          };
          checker.leaseTaken(invocation, lease, state);
          return { held: false, lease, state, firstRun: false };
        },
      },
    }),
  },
  { name: 'no look-back', profile: 'full', seeds: 100, settings: { lookbackSeconds: 0 } },
  {
    name: 'the final watermark moves without a completed slice at it',
    profile: 'full',
    seeds: 300,
    ...replaced(sliceRules, {
      nextFinal: (final, slice, scanStart, lookback) =>
        Math.max(final, Math.min(slice.to + 600, scanStart - lookback)),
    }),
  },
  {
    name: 'a fixed rescan of the last hours instead of a final watermark',
    profile: 'full',
    seeds: 300,
    ports: (ports, { scenario }) => ({
      ...ports,
      store: {
        ...ports.store,
        async acquire(request) {
          const answer = await ports.store.acquire(request);
          if (answer.held) return answer;
          const { state } = answer;
          const oldest = Math.min(state.watermark, request.now - scenario.settings.lookbackSeconds);
          const finalWatermark = Math.max(state.finalWatermark, oldest);
          const sweepPosition = Math.max(state.sweepPosition, finalWatermark);
          return { ...answer, state: { ...state, finalWatermark, sweepPosition } };
        },
      },
    }),
  },
  {
    name: 'a killed run is taken for a clean one',
    profile: 'full',
    seeds: 400,
    ...withStore((store) => ({
      async acquire(request) {
        const answer = await store.acquire(request);
        return answer.held ? answer : { ...answer, state: { ...answer.state, clean: true } };
      },
    })),
  },
  {
    name: 'the offset advances by one record too many',
    profile: 'core',
    seeds: 50,
    ...misplaced('offset', (offset, pageSize) => offset + Math.floor(offset / pageSize)),
  },
  {
    name: 'every second page is left out',
    profile: 'core',
    seeds: 50,
    ...misplaced('page', (page) => 2 * page - 1),
  },
];

/** CopyCounter.see as a set would do it. */
function setOfContents() {
  const seen = new WeakMap<object, Set<string>>();
  return function (this: CopyCounter, content: string): number | undefined {
    const contents = seen.get(this) ?? new Set<string>();
    seen.set(this, contents);
    if (contents.has(content)) return undefined;
    contents.add(content);
    return 1;
  };
}
