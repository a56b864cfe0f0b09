import type { Stream } from '../../lambda/contract.ts';
import { Poster } from '../../lambda/forwarder/core/delivery/poster.ts';
import type { LedgerEntry } from '../../lambda/forwarder/core/ledger/entry.ts';
import { LedgerTables } from '../../lambda/forwarder/core/ledger/tables.ts';
import type { Log } from '../../lambda/forwarder/core/logs/types.ts';
import type { Ports } from '../../lambda/forwarder/core/ports.ts';
import type { CopyCounter } from '../../lambda/forwarder/core/slices/copy-counter.ts';
import type { Lease, LedgerChunk, Progress, StateStore } from '../../lambda/forwarder/core/state-ports.ts';
import { ChunkReader } from '../support/ledger-chunks.ts';
import type { Bug } from './simulate.ts';
import { ValenceServer } from './valence-server.ts';

/** Replaces functions of an object, until the bug is taken out again. */
export const replaced = <T extends object>(target: T, change: Partial<T>) => ({
  install: () => {
    const original = Object.fromEntries(Object.keys(change).map((name) => [name, Reflect.get(target, name)]));
    Object.assign(target, change);
    return () => void Object.assign(target, original);
  },
});

/** Replaces a getter of a class, until the bug is taken out again. */
export const replacedGetter = <T extends object>(target: T, name: keyof T, get: (this: T) => unknown) => ({
  install: () => {
    const original = Object.getOwnPropertyDescriptor(target, name) ?? {};
    Object.defineProperty(target, name, { configurable: true, get });
    return () => void Object.defineProperty(target, name, original);
  },
});

/** Replaces functions of the state store. */
export const withStore = (change: (store: StateStore, ports: Ports) => Partial<StateStore>) => ({
  ports: (ports: Ports): Ports => ({ ...ports, store: { ...ports.store, ...change(ports.store, ports) } }),
});

/** Remembers the lease and the progress of each stream, and does something with it before each post. */
export function beforePost(
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
export function misplaced(parameter: string, place: (asked: number, pageSize: number) => number) {
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

/** A batch is posted as often as retries allow, however many of its answers are ambiguous. */
export function endlessRepeats() {
  const { post } = Poster.prototype;
  return replaced(Poster.prototype, {
    post(this: Poster, encode, attempts) {
      return post.call(this, encode, attempts);
    },
  });
}

/** Ledger entries wait for the next note of progress, so that a run that dies leaves several batches in doubt. */
export const lateNotes = () =>
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
export function setOfVersions(): Pick<Bug, 'install' | 'ports'> {
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
export function auditChunk({ lease }: { lease: Lease }, log: Log): LedgerChunk {
  const entries = Buffer.from(`01${log.valence_forwarder.fingerprint}`, 'hex');
  const hour = Math.floor(Number(log['timeEpoch'] ?? 0) / 3600);
  return { hour, fence: lease.ledgerFence, sequence: 900_000 + chunks++, entries };
}

/** CopyCounter.see as a set would do it. */
export function setOfContents() {
  const seen = new WeakMap<object, Set<string>>();
  return function (this: CopyCounter, content: string): number | undefined {
    const contents = seen.get(this) ?? new Set<string>();
    seen.set(this, contents);
    if (contents.has(content)) return undefined;
    contents.add(content);
    return 1;
  };
}
