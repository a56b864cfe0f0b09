import type { Stream } from '../../lambda/contract.ts';
import type { Log } from '../../lambda/forwarder/core/logs/types.ts';
import type { QuarantinedObject, Range } from '../../lambda/forwarder/core/ports.ts';
import type { BackfillReport } from '../../lambda/forwarder/core/runs/backfill.ts';
import type { ReplayReport } from '../../lambda/forwarder/core/runs/replay.ts';
import { Violation } from './gateway.ts';
import type { Invocation } from './invocation.ts';
import type { Proofs } from './proofs.ts';
import type { Truth } from './truth.ts';

/** A record dated so far ahead of the range that shows it belongs to no range, in seconds. */
const AHEAD_SECONDS = 600;

/** Checks what backfills and replays do concurrently with the scheduled runs. */
export class ActionChecker {
  readonly #proofs: Proofs;
  readonly #settleSeconds: number;
  /** What is or was in quarantine, by stream and fingerprint. */
  readonly #quarantined = new Set<string>();
  /** What replays have brought to Datadog. */
  readonly #replayed = new Set<string>();

  constructor(proofs: Proofs, settleSeconds: number) {
    this.#proofs = proofs;
    this.#settleSeconds = settleSeconds;
  }

  quarantined({ stream, fingerprint }: QuarantinedObject): void {
    this.#quarantined.add(`${stream} ${fingerprint}`);
  }

  /** P4: a backfill posts only below the range of the live run, and only of its own range. */
  backfilled({ backfillOf, id }: Invocation, { time }: Truth, now: number): void {
    if (!backfillOf || time === undefined) return;
    const { from, to } = backfillOf;
    const isAhead = time >= to && time > now + AHEAD_SECONDS;
    if ((time >= from && time < to) || isAhead) return;
    throw new Violation('P4', `Backfill ${id} of ${from} to ${to} posts a record of ${time}.`);
  }

  /** P2 and P7: a replay sends only what was in quarantine, and marks it. */
  replayed(stream: Stream, log: Log): void {
    const { fingerprint, possible_duplicate: marked } = log.valence_forwarder;
    const name = `${stream} ${fingerprint}`;
    if (!marked) throw new Violation('P2', 'A replay sends a log without the mark.', log);
    if (!this.#quarantined.has(name)) {
      throw new Violation('P7', 'A replay sends what was not in quarantine.', log);
    }
    this.#replayed.add(name);
  }

  /** P1: what Datadog has not accepted stays in quarantine. */
  deleted({ stream, fingerprint }: QuarantinedObject): void {
    if (this.#replayed.has(`${stream} ${fingerprint}`)) return;
    throw new Violation(
      'P1',
      'A record that Datadog has not accepted is deleted from the quarantine.',
      fingerprint,
    );
  }

  /** P1 and P7: a replay counts as sent only what was accepted. */
  replayEnded({ id, confirmed }: Invocation, { sent }: ReplayReport): void {
    const accepted = [...confirmed.values()].reduce((sum, count) => sum + count, 0);
    if (sent <= accepted) return;
    throw new Violation('P7', `Replay ${id} says that it sent ${sent}; ${accepted} were accepted.`);
  }

  /** P1: what a backfill says that it covered was read to its end, and has arrived. */
  backfillEnded(invocation: Invocation, { stream, from, coveredTo, holes }: BackfillReport): void {
    const covered: Range = { from, to: coveredTo };
    this.#proofs.judge(
      'end of the backfill',
      { invocation, stream, refused: holes },
      covered,
      this.#settleSeconds,
    );
  }
}
