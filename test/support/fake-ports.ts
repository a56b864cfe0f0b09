import type { Stream } from '../../lambda/contract.ts';
import type {
  Page,
  PostAnswer,
  Quarantine,
  QuarantinedElement,
  QuarantinedRecord,
  Sink,
  Source,
} from '../../lambda/forwarder/core/ports.ts';
import { recordTime } from '../../lambda/forwarder/core/records/time.ts';
import type { StateStore } from '../../lambda/forwarder/core/state-ports.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { MemoryStore } from '../simulation/memory-store.ts';
import { entriesIn } from './ledger-chunks.ts';

/** What was done to the outside world, in order: `post 3`, `quarantine 1`, `ledger audit-logs 3`. */
export type Journal = string[];

export interface FakeSink extends Sink {
  /** Every body that was posted. */
  bodies: string[];
  /** The logs of the posts that were accepted. */
  accepted: JsonObject[];
}

export const SUCCESS: PostAnswer = { outcome: 'success' };

/** @param answer decides on each post by its logs and its number, counted from 1 */
export function fakeSink(
  answer: (logs: JsonObject[], call: number) => PostAnswer = () => SUCCESS,
  journal: Journal = [],
): FakeSink {
  const bodies: string[] = [];
  const accepted: JsonObject[] = [];
  return {
    bodies,
    accepted,
    async post(body) {
      const text = body.toString();
      const logs: JsonObject[] = JSON.parse(text);
      bodies.push(text);
      journal.push(`post ${logs.length}`);
      const given = answer(logs, bodies.length);
      if (given.outcome === 'success') accepted.push(...logs);
      return given;
    },
  };
}

export interface FakeQuarantine extends Quarantine {
  stored: { record: QuarantinedRecord; time: number | undefined }[];
  /** Objects of unreadable elements. */
  elements: QuarantinedElement[];
}

/** @param failure thrown instead of storing anything */
export function fakeQuarantine(journal: Journal = [], failure?: Error): FakeQuarantine {
  const stored: FakeQuarantine['stored'] = [];
  const elements: FakeQuarantine['elements'] = [];
  return {
    stored,
    elements,
    async put(object, time) {
      if (failure) throw failure;
      if ('record' in object) stored.push({ record: object, time });
      else elements.push(object);
      journal.push('quarantine 1');
    },
  };
}

/** A state store in memory that behaves as the table does. */
export function memoryStore(journal: Journal = [], store = new MemoryStore()): StateStore {
  return {
    acquire: async (request) => store.acquire(request),
    save: async (lease, progress) => store.save(lease, progress),
    release: async (lease, progress, clean) => store.release(lease, progress, clean),
    read: async (stream) => store.read(stream),
    loadLedger: async (stream, hour, lastHour) => store.loadLedger(stream, hour, lastHour),
    async appendLedger(stream, chunk, expiresAt) {
      store.appendLedger(stream, chunk, expiresAt);
      journal.push(`ledger ${stream} ${entriesIn(stream, chunk.entries)}`);
    },
  };
}

export interface FakeSource extends Source {
  records: Record<Stream, JsonObject[]>;
  types: Map<string, JsonObject>;
  /** What it was asked for, in order. */
  asked: string[];
}

/** A source that shows its records of a range, and those without a time always, in one page. */
export function fakeSource(records: Partial<FakeSource['records']> = {}): FakeSource {
  const source: FakeSource = {
    records: { alerts: [], 'audit-logs': [], ...records },
    types: new Map(),
    asked: [],
    async *pages(stream, { from, to }, { onEnd }): AsyncGenerator<Page> {
      source.asked.push(stream);
      const inRange = (time: number | undefined) => time === undefined || (time >= from && time < to);
      yield { records: source.records[stream].filter((record) => inRange(recordTime(stream, record))) };
      onEnd?.('stated');
    },
    async alertTypes() {
      source.asked.push('alert-types');
      return source.types;
    },
  };
  return source;
}

/** A source whose pages fail. */
export const brokenSource = (error: unknown): FakeSource => ({
  ...fakeSource(),
  // biome-ignore lint/correctness/useYield: it fails before the first page.
  async *pages() {
    throw error;
  },
});
