import type { Stream } from '../../lambda/contract.ts';
import type { Range } from '../../lambda/forwarder/core/ports.ts';
import type { Progress } from '../../lambda/forwarder/core/state-ports.ts';
import type { Deliveries } from './deliveries.ts';
import { Violation } from './gateway.ts';
import type { Invocation } from './invocation.ts';
import type { Scan } from './scans.ts';
import type { Scenario } from './scenario.ts';
import { MAX_SKEW_MS } from './skewed-machines.ts';
import { isShown, listedAt, type Truth } from './truth.ts';
import type { ValenceServer } from './valence-server.ts';

interface HoleMoves {
  /** What watermarks may pass without a proof. */
  refused: readonly Range[];
  /** What was a hole before and was read by the run. */
  filled: readonly Range[];
}

/** Judges each move of a watermark by what the source has really shown, and when. */
export class Proofs {
  /** Records that the source held but hid from their final scan, whoever had read it: no forwarder can know of them. */
  readonly excused = new Set<Truth>();
  readonly #scenario: Scenario;
  readonly #valence: ValenceServer;
  readonly #deliveries: Deliveries;

  constructor(scenario: Scenario, valence: ValenceServer, deliveries: Deliveries) {
    this.#scenario = scenario;
    this.#valence = valence;
    this.#deliveries = deliveries;
  }

  /** How many seconds the time that a run works with may be behind the true time. */
  get clockSlackSeconds(): number {
    const { server, faults } = this.#scenario;
    const skewSeconds = faults.has('skewed machines') ? MAX_SKEW_MS / 1000 : 0;
    return Math.max(0, -server.offset) + skewSeconds + 2;
  }

  progressNoted(
    invocation: Invocation,
    stream: Stream,
    { before, after, refused, filled }: { before: Progress; after: Progress } & HoleMoves,
  ): void {
    const { settleSeconds, lookbackSeconds } = this.#scenario.settings;
    const { profile } = this.#scenario;
    const fresh = { from: before.watermark, to: after.watermark };
    const final = { from: before.finalWatermark, to: after.finalWatermark };
    const run = { invocation, stream, refused };
    this.judge('watermark', run, fresh, settleSeconds);
    if (profile === 'full') this.judge('final watermark', run, final, lookbackSeconds);
    this.#excuse(invocation, stream, profile === 'full' ? final : fresh);
    // What a watermark has passed as a hole has its final scan when the hole is filled.
    const passed = profile === 'full' ? before.finalWatermark : before.watermark;
    for (const { from, to } of filled) this.#excuse(invocation, stream, { from, to: Math.min(to, passed) });
  }

  /** P3: covered by complete scans that began late enough, or in a hole. P7: all they showed is accepted or in quarantine. */
  judge(
    name: string,
    { invocation, stream, refused }: { invocation: Invocation; stream: Stream; refused: readonly Range[] },
    moved: Range,
    lagSeconds: number,
  ): void {
    if (moved.to <= moved.from) return;
    const proven = (scans: readonly Scan[]) => this.#provenBy(scans, refused, moved.from, lagSeconds);
    const proof: Scan[] = [];
    // In the order of reading: the proof does not depend on what a sweep finds after it was complete.
    for (const scan of this.#scansOf(invocation, stream, moved)) {
      if (proof.some((earlier) => isSameSlice(earlier, scan)) || proven(proof) < moved.to) proof.push(scan);
    }
    if (proven(proof) < moved.to) {
      throw new Violation(
        'P3',
        `Run ${invocation.id} moves the ${name} of ${stream} to ${moved.to}; proven is ${proven(proof)}.`,
        moved,
      );
    }
    // A slice that was cut has been read to its end, too, and then again in halves that count.
    const complete = this.#scansOf(invocation, stream, moved).filter((scan) =>
      proof.some((proving) => scan === proving || isWithin(scan.range, proving.range)),
    );
    this.#deliveries.requireShown(complete, moved);
  }

  /** How far complete scans reach without a gap, each no further than its own moment allows. */
  #provenBy(scans: readonly Scan[], refused: readonly Range[], start: number, lagSeconds: number): number {
    const scanned = scans.map(({ range, startedAt, invocation }) => ({
      from: range.from,
      to: Math.min(range.to, this.#trustedTime(invocation, startedAt) - lagSeconds),
    }));
    let proven = start;
    for (const { from, to } of [...scanned, ...refused].sort((a, b) => a.from - b.from)) {
      if (from <= proven) proven = Math.max(proven, to);
    }
    return proven;
  }

  #scansOf(invocation: Invocation, stream: Stream, { from, to }: Range): Scan[] {
    return this.#valence.scans.all.filter(
      ({ invocation: reader, stream: read, complete, range }) =>
        reader === invocation && read === stream && complete && range.from < to && range.to > from,
    );
  }

  /** The server's clock if its answers have a date, otherwise that of the machine. */
  #trustedTime({ wallAt }: Invocation, at: number): number {
    const { server, clockJumps } = this.#scenario;
    if (server.tellsDate) return this.#valence.time(at);
    // A run reads its clock when a slice begins, and the clock may jump before the first answer.
    const slackMs = Math.max(0, ...clockJumps.map(({ ms }) => Math.abs(ms)));
    return Math.floor((wallAt(at) + slackMs) / 1000);
  }

  #excuse(invocation: Invocation, stream: Stream, moved: Range): void {
    if (moved.to <= moved.from) return;
    const scans = this.#scansOf(invocation, stream, moved);
    for (const truth of this.#scenario.truths) {
      const time = listedAt(truth);
      if (truth.stream !== stream || time === undefined || time < moved.from || time >= moved.to) continue;
      const covering = scans.filter(({ range }) => range.from <= time && time < range.to);
      const hidden = covering.some((scan) => !scan.shown.has(truth) && mayMiss(scan, truth));
      const gone = truth.shown.length > 1 && covering.some((scan) => !isShown(truth, scan.startedAt));
      if (hidden || gone) this.excused.add(truth);
    }
  }
}

/** Whether a reader who makes no mistake may miss a record that was there: the list shifted, or the record went meanwhile. */
const mayMiss = ({ startedAt, endedAt, shifted }: Scan, truth: Truth): boolean =>
  isShown(truth, startedAt) && (shifted || !isShown(truth, endedAt));

const isSameSlice = (a: Scan, b: Scan): boolean => a.range.from === b.range.from && a.range.to === b.range.to;

const isWithin = (inner: Range, outer: Range): boolean => inner.from >= outer.from && inner.to <= outer.to;
