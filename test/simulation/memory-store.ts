import type { Stream } from '../../lambda/contract.ts';
import { initialProgress } from '../../lambda/forwarder/aws/state-item.ts';
import type {
  Lease,
  LeaseAnswer,
  LeaseRequest,
  LedgerChunk,
  Progress,
  StreamState,
} from '../../lambda/forwarder/core/state-ports.ts';
import { LeaseLost, StateError } from '../../lambda/shared/errors.ts';

/**
 * The state table in memory. Each call takes effect at once. It behaves as the DynamoDB adapter does, and deletes expired
 * entries of the ledger immediately.
 */
export class MemoryStore {
  readonly states = new Map<Stream, StreamState>();
  readonly #now: () => number;
  readonly #ledgerFences = new Map<Stream, number>();
  readonly #chunks = new Map<string, Map<string, { chunk: LedgerChunk; expiresAt: number }>>();

  /** @param now the table's own time in epoch seconds; without it nothing expires */
  constructor(now: () => number = () => 0) {
    this.#now = now;
  }

  acquire(request: LeaseRequest): LeaseAnswer {
    const { stream, owner, now, leaseUntil } = request;
    const present = this.states.get(stream);
    if (present && present.leaseUntil > now) {
      if (present.owner !== owner) return { held: true, until: present.leaseUntil };
      // Our own write, whose reply was lost. What the last holder left is unknown.
      const ledgerFence = this.nextLedgerFence(stream, now);
      const lease = { stream, owner, fence: present.fence, ledgerFence, until: leaseUntil };
      return {
        held: false,
        lease,
        state: { ...present, clean: false },
        firstRun: present.initialUntil === now,
      };
    }
    const left: StreamState = present ?? {
      ...initialProgress(request),
      initialUntil: now,
      fence: now,
      owner: '',
      leaseUntil: 0,
      lastRunAt: now,
      clean: true,
    };
    const state = { ...left, owner, leaseUntil, fence: left.fence + 1 };
    this.states.set(stream, { ...state, lastRunAt: now, clean: false });
    const ledgerFence = this.nextLedgerFence(stream, now);
    const lease = { stream, owner, fence: state.fence, ledgerFence, until: leaseUntil };
    return { held: false, lease, state, firstRun: present === undefined };
  }

  /** Raises the fence of ledger chunks, which runs and backfills share. */
  nextLedgerFence(stream: Stream, now: number): number {
    const fence = (this.#ledgerFences.get(stream) ?? 6_000_000_000 + now) + 1;
    this.#ledgerFences.set(stream, fence);
    return fence;
  }

  save(lease: Lease, progress: Progress): void {
    this.#update(lease, progress);
  }

  release(lease: Lease, progress: Progress, clean: boolean): void {
    const present = this.states.get(lease.stream);
    // A repeat of a release whose reply was lost.
    if (present?.fence === lease.fence && present.owner === '') return;
    this.#update(lease, progress, { owner: '', leaseUntil: 0, clean });
  }

  read(stream: Stream): StreamState | undefined {
    const state = this.states.get(stream);
    return state && { ...state };
  }

  loadLedger(stream: Stream, hour: number, lastHour = hour): LedgerChunk[] {
    const hours =
      lastHour === hour ? [hour] : this.#hoursOf(stream).filter((each) => each >= hour && each <= lastHour);
    return hours.flatMap((each) => {
      const chunks = [...this.#hour(stream, each).values()].map(({ chunk }) => chunk);
      return chunks.sort((a, b) => a.fence - b.fence || a.sequence - b.sequence);
    });
  }

  appendLedger(stream: Stream, chunk: LedgerChunk, expiresAt: number): void {
    const hour = this.#hour(stream, chunk.hour);
    const key = `${chunk.fence}#${chunk.sequence}`;
    const present = hour.get(key);
    if (present && Buffer.compare(present.chunk.entries, chunk.entries) !== 0) {
      throw new StateError('state-ledger-collision', 'Another chunk has this key.', 'None.');
    }
    hour.set(key, present ?? { chunk, expiresAt });
  }

  #hoursOf(stream: Stream): number[] {
    const names = [...this.#chunks.keys()].map((key) => key.split('#'));
    return names.flatMap(([of, hour]) => (of === stream ? [Number(hour)] : [])).sort((a, b) => a - b);
  }

  /** The chunks of an hour that have not expired. */
  #hour(stream: Stream, hour: number): Map<string, { chunk: LedgerChunk; expiresAt: number }> {
    const key = `${stream}#${hour}`;
    const chunks = this.#chunks.get(key) ?? new Map();
    this.#chunks.set(key, chunks);
    for (const [name, { expiresAt }] of chunks) if (expiresAt <= this.#now()) chunks.delete(name);
    return chunks;
  }

  #update(lease: Lease, progress: Progress, released: Partial<StreamState> = {}): void {
    const present = this.states.get(lease.stream);
    if (present?.owner !== lease.owner || present.fence !== lease.fence) throw new LeaseLost(lease.stream);
    if (progress.watermark < present.watermark || progress.finalWatermark < present.finalWatermark) {
      throw new StateError('state-moved-back', 'A watermark would have moved back.', 'None.');
    }
    if (progress.saves <= present.saves) {
      if (progress.saves === present.saves) return;
      throw new StateError('state-moved-back', 'An older save would have replaced a newer one.', 'None.');
    }
    this.states.set(lease.stream, { ...present, ...progress, ...released });
  }
}
