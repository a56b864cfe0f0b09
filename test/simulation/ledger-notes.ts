import type { Stream } from '../../lambda/contract.ts';
import { versionKeyFingerprint } from '../../lambda/forwarder/core/records/identity.ts';
import type { LedgerChunk } from '../../lambda/forwarder/core/state-ports.ts';
import { ChunkReader } from '../support/ledger-chunks.ts';
import { Violation } from './gateway.ts';

interface Note {
  /** Number of the call that wrote it into the ledger. */
  at: number;
  hour: number;
}

/** A version of an alert, as the ledger notes it. */
interface VersionNote extends Pick<LedgerChunk, 'fence' | 'sequence'> {
  at: number;
  fingerprint: string;
}

/** The ledger's entries for arrived records, and the call that wrote each. */
export class LedgerNotes {
  /** Fingerprints. */
  readonly #arrived: Record<Stream, Set<string>> = { alerts: new Set(), 'audit-logs': new Set() };
  readonly #chunks = new ChunkReader(() => this.#arrived.alerts);
  /** In the order of writing. */
  readonly #notes = new Map<string, Note[]>();
  /** By the key of an alert, in the order of writing. */
  readonly #versions = new Map<string, VersionNote[]>();
  /** The key of an alert, by the fingerprint of a version. */
  readonly #alerts = new Map<string, string>();

  /** Datadog has accepted a log, or the quarantine a record: from here on the ledger may note it. */
  arrived(stream: Stream, fingerprint: string): void {
    this.#arrived[stream].add(fingerprint);
  }

  /**
   * Reads a chunk that a run has written.
   * @param at number of the call that wrote it
   * @throws {Violation} P7 when it notes what was not accepted
   */
  add(stream: Stream, { entries, hour, fence, sequence }: LedgerChunk, at: number): void {
    for (const { key: alert, fingerprint } of this.#chunks.read(stream, entries)) {
      if (fingerprint === undefined || !this.#arrived[stream].has(fingerprint)) {
        throw new Violation('P7', `The ledger of ${stream} notes what was not accepted.`, fingerprint);
      }
      const key = `${stream} ${fingerprint}`;
      this.#notes.set(key, [...(this.#notes.get(key) ?? []), { at, hour }]);
      if (stream === 'audit-logs' || alert === this.#versionKeyOf(fingerprint)) continue;
      const versions = this.#versions.get(alert) ?? [];
      this.#versions.set(alert, [...versions, { at, fence, sequence, fingerprint }]);
      this.#alerts.set(fingerprint, alert);
    }
  }

  /** The key under which the ledger notes a version that was shown together with another one; it is no alert of its own. */
  #versionKeyOf(fingerprint: string): string | undefined {
    const alert = this.#alerts.get(fingerprint);
    return alert && versionKeyFingerprint(alert, fingerprint);
  }

  /** The first note of a fingerprint that was written from a call on, by its number. */
  noteOf(stream: Stream, fingerprint: string, from = 0): Note | undefined {
    return this.#notes.get(`${stream} ${fingerprint}`)?.find(({ at }) => at >= from);
  }

  /** All notes of the alert that has a version of this fingerprint, in the order of writing. */
  versionsOf(fingerprint: string): readonly VersionNote[] {
    return this.#versions.get(this.#alerts.get(fingerprint) ?? '') ?? [];
  }
}

/** The latest version of an alert for a run that reads the ledger with the call of this number. */
export function latestBefore(versions: readonly VersionNote[], read: number): VersionNote | undefined {
  return versions
    .filter(({ at }) => at < read)
    .toSorted((a, b) => a.fence - b.fence || a.sequence - b.sequence)
    .at(-1);
}
