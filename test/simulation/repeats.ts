import type { Stream } from '../../lambda/contract.ts';
import { hourOf } from '../../lambda/forwarder/core/ledger/entry.ts';
import type { Post } from './datadog-intake.ts';
import { Violation } from './gateway.ts';
import type { Invocation } from './invocation.ts';
import type { LedgerNotes } from './ledger-notes.ts';
import type { Scans } from './scans.ts';
import type { Scenario, Window } from './scenario.ts';
import type { Truth } from './truth.ts';

/** A log that Datadog has accepted, or a record in quarantine. */
export interface Delivery {
  fingerprint: string;
  marked: boolean;
  invocation: Invocation;
  /** Number of the call that sent it. */
  sent: number;
  post: Post | undefined;
}

/** Judges what has arrived more than once. */
export class Repeats {
  readonly #scenario: Scenario;
  readonly #scans: Pick<Scans, 'hasHidden'>;
  readonly #ledger: LedgerNotes;
  readonly #timeOf: (call: number) => number;
  /** The first post of each log that was repeated. */
  readonly #repeats = new Set<Post>();

  /**
   * @param scans what readers could know of the source
   * @param timeOf epoch milliseconds at which a call was made, by its number
   */
  constructor(
    scenario: Scenario,
    scans: Pick<Scans, 'hasHidden'>,
    ledger: LedgerNotes,
    timeOf: (call: number) => number,
  ) {
    this.#scenario = scenario;
    this.#scans = scans;
    this.#ledger = ledger;
    this.#timeOf = timeOf;
  }

  /** How many different posts brought something that had to be sent again. */
  posts(stream: Stream): number {
    return [...this.#repeats].filter((post) => post.stream === stream).length;
  }

  /** P2: a log is repeated only when its first arrival was in doubt, and then all but one say so. */
  judge(content: string, alike: readonly [Truth, ...Truth[]], all: readonly Delivery[], once: number): void {
    const [truth] = alike;
    const { stream } = truth;
    const [before, last] = all.slice(-2);
    if (!before || !last) return;
    const followed = (isMeant: (first: Delivery, again: Delivery) => boolean) =>
      all.filter((first, index) => {
        const again = all[index + 1];
        return again && isMeant(first, again);
      });
    const anew = followed((first, again) => this.#wasDatedAnew(truth, first, again));
    const allowed = once + anew.length;
    if (all.length <= allowed) return;
    // An alert that changes back is rightly sent again, before or after the one that was in doubt.
    const doubted = followed((first, again) => this.#wasInDoubt(truth, first, again));
    if (doubted.length < all.length - allowed) {
      throw new Violation('P2', `A log is sent again although run ${last.invocation.id} could know better.`, {
        first: summary(before),
        again: summary(last),
      });
    }
    // If an alert changed back, several of its logs may have been in doubt. It is unknown which of them was repeated.
    if (doubted.length === all.length - allowed) {
      for (const { post } of doubted) if (post) this.#repeats.add(post);
      this.#judgeDoubt(stream, before.invocation);
    }
    if (all.filter(({ marked }) => !marked).length <= allowed) return;
    // Doubt ends when its slices have been drained again; what the source hid meanwhile comes without the mark.
    const between = { from: this.#timeOf(before.sent), to: this.#timeOf(last.sent) };
    const wasHidden = alike.some((one) => this.#scans.hasHidden(one, content, between));
    if (!wasHidden && !this.#clockWentBack(between)) {
      throw new Violation('P2', 'A log is repeated without the mark.', {
        first: summary(before),
        again: summary(last),
      });
    }
  }

  /**
   * P2: how much one run left in doubt. At its end each of its slices has at most one batch under way; in addition, only an
   * answer that did not come or a note that could not be written leaves a batch in doubt.
   */
  #judgeDoubt(stream: Stream, run: Invocation): void {
    // When clocks lie, two runs may serve the stream at once, for as long as they last.
    if (this.#scenario.clockJumps.length > 0) return;
    const repeated = [...this.#repeats].filter(
      ({ invocation, unanswered, stream: own }) => invocation === run && own === stream && !unanswered,
    );
    const wasStopped = run.ending === 'crashed' || run.ending === 'timed out' || run.frozenMs > 0;
    const underWay = wasStopped ? this.#scenario.settings.parallelSlices : 0;
    const failedNotes = run.failedNotes.get(stream) ?? 0;
    if (repeated.length <= underWay + failedNotes) return;
    throw new Violation(
      'P2',
      `Of run ${run.id}, logs of ${repeated.length} posts are sent again, though ${underWay} may have been under way and ${failedNotes} notes failed.`,
      repeated.map(({ sent }) => sent),
    );
  }

  /** What is in doubt ends at the last start of a run; when a lost reply hides that, by a clock that has gone back since. */
  #clockWentBack({ from, to }: Window): boolean {
    return this.#scenario.clockJumps.some((jump) => {
      const at = jump.ms < 0 ? jump.from : jump.to;
      return at >= from && at <= to;
    });
  }

  /** Whether an alert may be taken for another one, because it was dated anew: what is outside the look-back is not known any more. */
  #wasDatedAnew({ stream, vuid }: Truth, first: Delivery, again: Delivery): boolean {
    if (vuid === undefined || first.fingerprint === again.fingerprint) return false;
    const note = this.#ledger.noteOf(stream, first.fingerprint);
    const { settings, server } = this.#scenario;
    const start = Math.floor(again.invocation.startedAt / 1000) + server.offset - settings.lookbackSeconds;
    const isForgotten = note !== undefined && note.hour < hourOf(start);
    // One run that is shown both cannot tell them from alerts that share an id.
    return isForgotten || first.invocation === again.invocation;
  }

  #wasInDoubt({ stream, time, filedAt = time, vuid }: Truth, first: Delivery, again: Delivery): boolean {
    // An alert that has changed back has notes from before, which another version has replaced.
    const note = this.#ledger.noteOf(stream, first.fingerprint, vuid === undefined ? 0 : first.sent);
    const read = note && again.invocation.ledgerReads.get(`${stream}#${note.hour}`);
    if (note && read !== undefined && note.at < read) return false;
    const { invocation, post } = first;
    // A machine that froze notes late, when another run may have read the ledger already.
    const isLate = invocation !== again.invocation && invocation.frozenMs > 0;
    // When clocks jump, two runs that overlap may both take their lease for valid.
    const overlaps = again.invocation.startedAt < (invocation.endedAt ?? Number.POSITIVE_INFINITY);
    const clocksLie = this.#scenario.clockJumps.length > 0 && invocation !== again.invocation && overlaps;
    // A record without a slice is met by a backfill and by the live run alike, and by neither in the other's range.
    const isBesideBackfill = invocation.action === 'backfill' || again.invocation.action === 'backfill';
    const hasNoSlice = time !== filedAt || time === undefined || time * 1000 > this.#timeOf(again.sent);
    const meetsBoth = isBesideBackfill && hasNoSlice && overlaps && invocation !== again.invocation;
    return (
      meetsBoth ||
      !post?.confirmed ||
      isLate ||
      clocksLie ||
      invocation.ending === 'crashed' ||
      invocation.ending === 'timed out' ||
      invocation.failedNotes.has(stream)
    );
  }
}

const summary = ({ fingerprint, marked, invocation, sent }: Delivery) => ({
  fingerprint,
  marked,
  run: invocation.id,
  call: sent,
});
