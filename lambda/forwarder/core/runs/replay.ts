import type { Stream } from '../../../contract.ts';
import { LEASE_MARGIN_SECONDS } from '../../../limits.ts';
import { type Deadline, wallSeconds } from '../../../shared/clock.ts';
import { awaitAllThenThrow, inPool } from '../../../shared/concurrency.ts';
import { CredentialError, OutOfTime } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { replayContext } from '../delivery/quarantined.ts';
import type { LogContext } from '../logs/types.ts';
import type { ObjectProblem, Ports, QuarantineArchive, QuarantinedObject } from '../ports.ts';
import { identify } from '../records/identity.ts';
import type { IdentityRules } from '../state-ports.ts';
import { type ReplayedRecord, ReplayLane } from './replay-lane.ts';
import { describeError, type StreamReport } from './report.ts';
import type { Invocation } from './stream.ts';

/** Objects read concurrently. Each may take 100 MB once it is parsed, so more of them would need too much memory. */
const READ_AHEAD = 2;

/** Objects deleted concurrently; a batch may hold a thousand. */
const DELETED_AT_ONCE = 16;

/** Accepted objects may still be deleted in the time that is kept free at the end; otherwise they would be sent again. */
const DELETION_GRACE_MS = 4_000;

export type ReplayPorts = Pick<Ports, 'sink' | 'telemetry' | 'clock' | 'random'> & {
  quarantine: QuarantineArchive;
};

export interface ReplaySettings {
  logContext: LogContext;
  /** The record that an element of a page holds, undefined when it still holds none. */
  readElement: (stream: Stream, raw: Buffer) => JsonObject | undefined;
  identityRules: Readonly<Record<Stream, IdentityRules>>;
  /** How to replace the Datadog key, for errors. */
  datadogKeyFix: string;
}

const UNVERIFIED = {
  unsigned:
    'An object in quarantine has no signature, as those of earlier versions; left it there. If no one else may write to the bucket, send it with --accept-unsigned.',
  forged:
    'The signature of an object in quarantine does not fit its key and content: someone else wrote or moved it, or the state table was replaced; left it there.',
};

/** Which objects are replayed. */
export interface ReplayRequest {
  /** What their keys begin with. */
  prefix: string;
  /** Only keys after this one: where an earlier replay ran out of time. */
  after?: string | undefined;
  /** Whether objects without a signature are sent. */
  acceptUnsigned?: boolean | undefined;
}

/** The outcome of a replay. */
export interface ReplayReport {
  /** Requested objects that existed at the start. */
  objects: number;
  /** Records that Datadog accepted. */
  sent: number;
  /** Objects that still exist. */
  remaining: number;
  /** Of these, how many Datadog rejected again. */
  refused: number;
  /** Of these, how many contain no record. */
  unreadable: number;
  /** Of these, how many have no valid signature. */
  unverified: number;
  /** Set when time ran out: everything up to this key was sent, rejected again or unreadable; continue after it. */
  next?: string;
  error: StreamReport['error'];
}

/**
 * Sends quarantined records again, each marked as a possible duplicate, and deletes an object only after its record was
 * accepted. An object whose record Datadog rejects again stays, and so does an object without a record or a valid signature. An unreadable element is
 * parsed again, and sent if it now holds a record. The ledger does not change: records and elements have been in it since they
 * were quarantined.
 * Never throws: errors are in the report.
 */
export async function replay(
  { prefix, after = '', acceptUnsigned = false }: ReplayRequest,
  ports: ReplayPorts,
  settings: ReplaySettings,
  invocation: Invocation,
): Promise<ReplayReport> {
  const report: ReplayReport = { ...nothingReplayed(), error: null };
  try {
    const keys = (await ports.quarantine.list(prefix, invocation)).filter((key) => key > after);
    report.objects = keys.length;
    report.remaining = keys.length;
    const work = new Replay(ports, settings, invocation, report, acceptUnsigned);
    try {
      await work.send(keys);
    } catch (error) {
      if (error instanceof OutOfTime) report.next = lastBefore(keys, (key) => work.isDone(key)) ?? after;
      throw error;
    }
  } catch (error) {
    if (error instanceof CredentialError) ports.telemetry.count('CredentialFailures');
    if (!(error instanceof OutOfTime)) report.error = describeError(error);
  }
  return report;
}

/** The counts of a replay that has done nothing. */
export const nothingReplayed = (): Omit<ReplayReport, 'error'> => ({
  objects: 0,
  sent: 0,
  remaining: 0,
  refused: 0,
  unreadable: 0,
  unverified: 0,
});

/** The last key before the first that is not done. */
function lastBefore(keys: readonly string[], isDone: (key: string) => boolean): string | undefined {
  const open = keys.findIndex((key) => !isDone(key));
  return keys[open === -1 ? keys.length - 1 : open - 1];
}

class Replay {
  readonly #ports: ReplayPorts;
  readonly #settings: ReplaySettings;
  readonly #invocation: Invocation;
  readonly #report: ReplayReport;
  readonly #acceptUnsigned: boolean;
  readonly #lanes = new Map<string, ReplayLane>();
  /** Keys that this replay is done with. */
  readonly #done = new Set<string>();
  readonly #until: number;

  constructor(
    ports: ReplayPorts,
    settings: ReplaySettings,
    invocation: Invocation,
    report: ReplayReport,
    acceptUnsigned: boolean,
  ) {
    this.#ports = ports;
    this.#settings = settings;
    this.#invocation = invocation;
    this.#report = report;
    this.#acceptUnsigned = acceptUnsigned;
    this.#until = wallSeconds(ports.clock) + Math.ceil(invocation.remainingMs / 1000) + LEASE_MARGIN_SECONDS;
  }

  isDone(key: string): boolean {
    return this.#done.has(key);
  }

  async send(keys: readonly string[]): Promise<void> {
    const { quarantine } = this.#ports;
    const options = { ...this.#invocation, acceptUnsigned: this.#acceptUnsigned };
    for (let start = 0; start < keys.length; start += READ_AHEAD) {
      const part = keys.slice(start, start + READ_AHEAD);
      const contents = await awaitAllThenThrow(part.map((key) => quarantine.get(key, options)));
      for (const [index, content] of contents.entries()) {
        const key = part[index] as string;
        if (typeof content === 'string') this.#leave(key, content);
        else await this.#add(key, content);
      }
    }
    for (const lane of this.#lanes.values()) await this.#flush(lane);
  }

  /** Counts an object that cannot be used. */
  #leave(key: string, problem: ObjectProblem): void {
    const { telemetry } = this.#ports;
    this.#done.add(key);
    switch (problem) {
      case 'gone':
        this.#report.remaining--;
        return;
      case 'unreadable':
        this.#report.unreadable++;
        telemetry.warn(
          'quarantine-object-unreadable',
          'An object in quarantine holds no record that can be read; left it there.',
          { key },
        );
        return;
      default:
        this.#report.unverified++;
        telemetry.warn('quarantine-object-unverified', UNVERIFIED[problem], { key });
    }
  }

  async #add(key: string, content: QuarantinedObject): Promise<void> {
    const record = this.#recordOf(content);
    if (!record) {
      this.#report.unreadable++;
      this.#done.add(key);
      return;
    }
    const lane = this.#laneOf(content);
    if (lane.add(key, record)) return;
    await this.#flush(lane);
    lane.add(key, record);
  }

  /** What an object holds, an element being parsed again: this version may read what an earlier one could not. */
  #recordOf(content: QuarantinedObject): ReplayedRecord | undefined {
    if ('record' in content) return content;
    const { stream, raw } = content;
    const record = this.#settings.readElement(stream, Buffer.from(raw, 'base64'));
    if (!record) return undefined;
    const { content: fingerprint } = identify(stream, record, this.#settings.identityRules[stream]);
    return { stream, record, fingerprint };
  }

  #laneOf(content: QuarantinedObject): ReplayLane {
    const { stream } = content;
    // An element is identified anew, so its fingerprint is not keyed any more.
    const form: Pick<QuarantinedObject, 'keyed' | 'redacted'> = 'record' in content ? content : {};
    const name = JSON.stringify([stream, form.keyed, form.redacted]);
    const { logContext, datadogKeyFix } = this.#settings;
    const lane =
      this.#lanes.get(name) ??
      new ReplayLane({
        stream,
        logContext: replayContext(form, logContext),
        ports: this.#ports,
        invocation: this.#invocation,
        until: this.#until,
        datadogKeyFix,
      });
    this.#lanes.set(name, lane);
    return lane;
  }

  /** Posts the batch of a lane, then deletes the objects of accepted records. */
  async #flush(lane: ReplayLane): Promise<void> {
    const { accepted, refused } = await lane.flush();
    for (const key of refused) this.#done.add(key);
    this.#report.refused += refused.length;
    this.#report.sent += accepted.length;
    await this.#delete(accepted);
  }

  async #delete(keys: readonly string[]): Promise<void> {
    const { deadline } = this.#invocation;
    const extended: Deadline = { left: () => deadline.left() + DELETION_GRACE_MS };
    await inPool(keys, DELETED_AT_ONCE, async (key) => {
      await this.#ports.quarantine.delete(key, { deadline: extended });
      this.#report.remaining--;
      this.#done.add(key);
    });
  }
}
