import { STREAMS, type Stream } from '../../lambda/contract.ts';
import type { Log } from '../../lambda/forwarder/core/logs/types.ts';
import type { QuarantinedRecord } from '../../lambda/forwarder/core/ports.ts';
import type { StreamReport } from '../../lambda/forwarder/core/runs/report.ts';
import type {
  Hole,
  Lease,
  LedgerChunk,
  Progress,
  StreamState,
} from '../../lambda/forwarder/core/state-ports.ts';
import { ActionChecker } from './action-checker.ts';
import type { Post } from './datadog-intake.ts';
import { Deliveries } from './deliveries.ts';
import { type Gateway, Violation } from './gateway.ts';
import { HoleChecker } from './hole-checker.ts';
import type { Invocation } from './invocation.ts';
import { PostedCopies } from './posted-copies.ts';
import { PromisedRecords } from './promised-records.ts';
import { Proofs } from './proofs.ts';
import { contentOfLog, messageOf } from './record-changes.ts';
import { checkRequests } from './request-bounds.ts';
import { ReshapedRecords } from './reshaped-records.ts';
import type { Fault, Scenario } from './scenario.ts';
import { StoppedStreams } from './stopped-streams.ts';
import type { ValenceServer } from './valence-server.ts';

/** Faults that lie in the data alone: a run that meets no other must not fail, and nothing is ever in doubt. */
const DATA_FAULTS: ReadonlySet<Fault> = new Set([
  'rejected records',
  'records too large',
  'late records',
  'insertions while paging',
  'removals while paging',
  'vanishing records',
  'provisional records',
  'identical records',
  'alert edits',
  'undated records',
  'future records',
  'odd times',
  'records without vuid',
  'server clock offset',
  'pauses',
]);

/** Faults after which a source still answers for the newest range, so that no stream may stop for long. */
const PASSABLE_FAULTS: ReadonlySet<Fault> = new Set([
  ...DATA_FAULTS,
  'long ranges refused',
  'seconds that fail',
  'old ranges refused',
]);

/** The newest second and minute may be among those that fail. */
const MOST_FAILURES_IN_A_ROW = 2;

/** After so many runs without faults, leases of dead runs have ended and a run must succeed. */
const RUNS_TO_RECOVER = 8;

/** Under these, Datadog may refuse by chance or for a while what it takes otherwise. */
const PASSING_REFUSALS: readonly Fault[] = [
  'sink errors',
  'sink throttling',
  'sink slow',
  'sink key refused',
  'sink outage',
  'intake refuses everything',
  'records too large',
];

/** Whether Datadog takes a record whenever it is posted alone. */
function takesAll({ faults, intake }: Scenario, { record }: QuarantinedRecord): boolean {
  if (PASSING_REFUSALS.some((fault) => faults.has(fault))) return false;
  const message = messageOf(record);
  return !intake.dislikes.has(message) && !message.includes('!');
}

/** Whether a scenario troubles nothing but the data. */
export const isCalm = ({ faults }: Scenario): boolean => [...faults].every((fault) => DATA_FAULTS.has(fault));

/** Whether nothing else troubles a scenario that has a fault. */
const isCalmBut = ({ faults }: Scenario, present: Fault): boolean =>
  faults.has(present) && [...faults].every((fault) => fault === present || DATA_FAULTS.has(fault));

/** Watches every effect of the production code and throws a {@link Violation} as soon as a promise is broken. */
export class Checker {
  readonly #scenario: Scenario;
  readonly #valence: ValenceServer;
  readonly #gateway: Gateway;
  readonly #deliveries: Deliveries;
  readonly #proofs: Proofs;
  readonly #copies: PostedCopies;
  readonly #holes: HoleChecker;
  readonly actions: ActionChecker;
  readonly #states = new Map<Stream, { fence: number; start: number; initialUntil: number }>();
  readonly #failuresInARow: Record<Stream, number> = { alerts: 0, 'audit-logs': 0 };
  #quietRuns = 0;
  readonly #stopped: StoppedStreams;
  readonly #reshaped: ReshapedRecords;

  constructor(scenario: Scenario, valence: ValenceServer, gateway: Gateway) {
    this.#scenario = scenario;
    this.#stopped = new StoppedStreams(scenario);
    this.#valence = valence;
    this.#gateway = gateway;
    this.#deliveries = new Deliveries(scenario, valence.scans, (call) => gateway.log[call]?.at ?? Infinity);
    this.#proofs = new Proofs(scenario, valence, this.#deliveries);
    this.#copies = new PostedCopies(scenario);
    this.#reshaped = new ReshapedRecords(scenario, isCalmBut(scenario, 'changing shapes'));
    this.actions = new ActionChecker(this.#proofs, scenario.settings.settleSeconds);
    this.#holes = new HoleChecker(scenario, valence);
  }

  leaseTaken(invocation: Invocation, lease: Lease, state: StreamState): void {
    const known = this.#states.get(lease.stream);
    invocation.leases.set(lease.stream, lease);
    invocation.holesBefore.set(lease.stream, state.holes);
    invocation.watermarksBefore.set(lease.stream, state.watermark);
    this.#states.set(lease.stream, {
      fence: lease.fence,
      start: known?.start ?? state.watermark,
      initialUntil: state.initialUntil,
    });
  }

  /** P4: only the holder of the lease posts. A machine whose clock is wrong cannot know when it has lost it. */
  posting({ leases, clock, id, action }: Invocation, stream: Stream | 'forwarder'): void {
    if (stream === 'forwarder' || action !== 'run' || this.#scenario.clockJumps.length > 0) return;
    const lease = leases.get(stream);
    const fence = this.#states.get(stream)?.fence;
    if (!lease || lease.fence !== fence) {
      throw new Violation('P4', `Run ${id} posts ${stream} although another run has taken over the lease.`);
    }
    if (clock.wall() >= lease.until * 1000) {
      throw new Violation('P4', `Run ${id} posts ${stream} although its lease has ended.`);
    }
  }

  accepted(post: Post, stream: Stream, log: Log): void {
    const { possible_duplicate: isMarked } = log.valence_forwarder;
    if (post.invocation.action === 'replay') {
      this.actions.replayed(stream, log);
      return;
    }
    const truth = this.#deliveries.accepted(post, stream, log, this.#states.get(stream)?.initialUntil ?? 0);
    if (isMarked && isCalm(this.#scenario) && !this.#reshaped.marked(post.invocation, truth)) {
      throw new Violation('P2', 'A log is marked although nothing was in doubt.', log);
    }
    if (!isMarked && this.#deliveries.hasOtherForm(truth, contentOfLog(log))) {
      this.#reshaped.repeated(post.invocation, truth);
    }
    this.actions.backfilled(post.invocation, truth, this.#gateway.now / 1000);
    this.#copies.accepted(post, stream, log.valence_forwarder.fingerprint);
  }

  quarantined(invocation: Invocation, record: QuarantinedRecord): void {
    if (takesAll(this.#scenario, record)) {
      throw new Violation('P1', 'A record that Datadog takes is in quarantine.', record);
    }
    this.actions.quarantined(record);
    this.#deliveries.quarantined(invocation, record, this.#gateway.log.length);
  }

  ledgerRead(invocation: Invocation, stream: Stream, hour: number): void {
    const key = `${stream}#${hour}`;
    if (!invocation.ledgerReads.has(key)) invocation.ledgerReads.set(key, this.#gateway.log.length);
  }

  ledgerAppended(stream: Stream, chunk: LedgerChunk): void {
    this.#deliveries.noted(stream, chunk, this.#gateway.log.length);
  }

  /** P3 and P7, before the table takes the note. A holder that has lost the lease, and an older note, is left to the table. */
  progressNoted(
    invocation: Invocation,
    lease: Lease,
    before: StreamState | undefined,
    after: Progress,
  ): void {
    if (before?.fence !== lease.fence || before.owner !== lease.owner || after.saves <= before.saves) return;
    if (after.watermark < before.watermark || after.finalWatermark < before.finalWatermark) {
      throw new Violation('P3', `A watermark of ${lease.stream} moves back.`, { before, after });
    }
    const holes = this.#holes.progressNoted(invocation, lease.stream, before, after, this.#gateway.now);
    this.#proofs.progressNoted(invocation, lease.stream, { before, after, ...holes });
  }

  /** P3: an attempt that arrives late must not undo what was saved since. */
  progressStored(stream: Stream, before: Progress | undefined, after: Progress | undefined): void {
    if (!before || !after || after.saves >= before.saves) return;
    throw new Violation('P3', `An older save of ${stream} has replaced a newer one.`, { before, after });
  }

  runEnded(invocation: Invocation): void {
    const { id, ending, reports, startedAt, clock, confirmed, lists, holesBefore } = invocation;
    this.#reshaped.runEnded(invocation, this.#valence.scans.all);
    const { parallelSlices } = this.#scenario.settings;
    for (const stream of STREAMS) {
      checkRequests(lists.of(stream), { parallelSlices, holes: holesBefore.get(stream) ?? [] });
    }
    if (startedAt >= this.#scenario.faultsEnd) this.#quietRuns++;
    if (ending !== 'finished') return;
    const mustSucceed = isCalm(this.#scenario) || this.#quietRuns > RUNS_TO_RECOVER;
    for (const stream of STREAMS) {
      const report = reports[stream];
      this.#stopped.runEnded(stream, report, lists.of(stream));
      if (report?.error && mustSucceed && !this.#stopped.has(stream)) {
        throw new Violation('P6', `Run ${id} fails without a fault: ${report.error.message}`, report);
      }
      if (report) this.#countFailure(stream, report);
      if (report && !report.error && report.forwarded !== (confirmed.get(stream) ?? 0)) {
        throw new Violation(
          'P7',
          `Run ${id} reports another number of forwarded ${stream} than were accepted.`,
          {
            reported: report.forwarded,
            accepted: confirmed.get(stream) ?? 0,
          },
        );
      }
      const { settleSeconds } = this.#scenario.settings;
      const claimed = Math.floor(startedAt / 1000) - settleSeconds - this.#proofs.clockSlackSeconds;
      if (report?.caughtUp && this.#scenario.clockJumps.length === 0 && report.watermark < claimed) {
        throw new Violation('P7', `Run ${id} says that ${stream} is caught up, which it is not.`, {
          report,
          clock,
        });
      }
    }
  }

  /** P6: what a source refuses stops no stream while it answers for the rest. */
  #countFailure(stream: Stream, report: StreamReport): void {
    this.#failuresInARow[stream] = report.error ? this.#failuresInARow[stream] + 1 : 0;
    const { faults, server } = this.#scenario;
    const mayStop =
      this.#stopped.has(stream) ||
      !server.takesUpperBound ||
      ![...faults].every((fault) => PASSABLE_FAULTS.has(fault));
    if (mayStop || this.#failuresInARow[stream] <= MOST_FAILURES_IN_A_ROW) return;
    throw new Violation('P6', `The source refuses some ranges, and ${stream} stops.`, report);
  }

  /** P6: the holes of a stream that the source would fill if it were asked. */
  fillable({ holes }: StreamState): readonly Hole[] {
    return this.#holes.fillable(holes, this.#gateway.now);
  }

  /** P1 once everything is quiet and final. */
  atEnd(states: ReadonlyMap<Stream, StreamState>): void {
    for (const stream of STREAMS) {
      const state = states.get(stream);
      if (!state) throw new Violation('P6', `${stream} has no state after all runs.`);
      // A run whose clock was ahead may have left doubt that time has not come to yet.
      if (this.#scenario.clockJumps.length > 0) continue;
      if (state.freshDoubtEnd > state.watermark || state.sweepDoubtEnd > state.sweepPosition) {
        throw new Violation('P2', `${stream} is still in doubt after all has been quiet.`, state);
      }
    }
    const promised = new PromisedRecords(this.#scenario, {
      scans: this.#valence.scans,
      stateOf: (stream) => {
        const state = states.get(stream);
        return state && { state, start: this.#states.get(stream)?.start ?? 0 };
      },
      isExcused: (truth) =>
        this.#proofs.excused.has(truth) ||
        this.#stopped.has(truth.stream) ||
        this.#holes.excuses(truth, states.get(truth.stream)?.holes ?? [], this.#gateway.now),
    });
    this.#deliveries.requireAll((alike) => promised.among(alike));
  }

  /** How many posts of a stream brought something that had to be sent again. */
  repeatedPosts(stream: Stream): number {
    return this.#deliveries.repeatedPosts(stream);
  }
}
