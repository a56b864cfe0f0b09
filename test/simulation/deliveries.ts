import type { Stream } from '../../lambda/contract.ts';
import { hourOf } from '../../lambda/forwarder/core/ledger/entry.ts';
import type { Log } from '../../lambda/forwarder/core/logs/types.ts';
import type { QuarantinedRecord, Range } from '../../lambda/forwarder/core/ports.ts';
import type { LedgerChunk } from '../../lambda/forwarder/core/state-ports.ts';
import type { Post } from './datadog-intake.ts';
import { Violation } from './gateway.ts';
import type { Invocation } from './invocation.ts';
import { LedgerNotes, latestBefore } from './ledger-notes.ts';
import { contentOf, contentOfLog, messageOf } from './record-changes.ts';
import { type Delivery, Repeats } from './repeats.ts';
import type { Scan, Scans } from './scans.ts';
import type { Scenario } from './scenario.ts';
import type { Truth } from './truth.ts';

/** What has arrived, held against what there was to deliver. */
export class Deliveries {
  readonly #scenario: Scenario;
  /** By stream and content: more than one when records are identical. */
  readonly #truths = new Map<string, [Truth, ...Truth[]]>();
  /** By stream and what may arrive once only: a fingerprint, or an alert's vuid when changes are not forwarded. */
  readonly #byIdentity = new Map<string, Delivery[]>();
  /** The contents of an alert, by its vuid: also after it was dated anew. */
  readonly #contents = new Map<string, Set<string>>();
  /** Fingerprints that have arrived, by stream and content. */
  readonly #byContent = new Map<string, Set<string>>();
  /** Those of them with the mark. */
  readonly #marked = new Map<string, Set<string>>();
  readonly #ledger = new LedgerNotes();
  readonly #scans: Pick<Scans, 'countedCopies' | 'hasHidden'>;
  readonly #repeated: Repeats;

  /**
   * @param scans what readers could know of the source
   * @param timeOf epoch milliseconds at which a call was made, by its number
   */
  constructor(
    scenario: Scenario,
    scans: Pick<Scans, 'countedCopies' | 'hasHidden'>,
    timeOf: (call: number) => number,
  ) {
    this.#scenario = scenario;
    this.#scans = scans;
    this.#repeated = new Repeats(scenario, scans, this.#ledger, timeOf);
    for (const truth of scenario.truths) {
      for (const content of new Set(truth.versions.map((version) => version.content))) {
        const key = `${truth.stream} ${content}`;
        this.#truths.set(key, [...(this.#truths.get(key) ?? []), truth] as [Truth, ...Truth[]]);
        const { vuid } = truth;
        if (vuid) this.#contents.set(vuid, (this.#contents.get(vuid) ?? new Set()).add(content));
      }
    }
  }

  /** @returns what the log is about */
  accepted(post: Post, stream: Stream, log: Log, initialUntil: number): Truth {
    const { fingerprint, possible_duplicate: marked = false } = log.valence_forwarder;
    const content = contentOfLog(log);
    const truth = this.#truths.get(`${stream} ${content}`)?.[0];
    if (!truth) throw new Violation('P7', 'Datadog got a log that no record stands behind.', log);
    if (!/^[0-9a-f]{32}$/.test(fingerprint)) throw new Violation('P2', 'A log has no fingerprint.', log);
    if (this.#isFiltered(truth))
      throw new Violation('P7', 'A log was sent that the settings leave out.', log);
    const isLive = post.invocation.action === 'run';
    if (isLive && log.ddtags.includes('backfill:true') && (truth.time ?? 0) >= initialUntil) {
      throw new Violation('P7', 'A log outside the initial range is tagged as backfill.', log);
    }
    const { invocation, sent } = post;
    this.#arrive(stream, truth, content, { fingerprint, marked, invocation, sent, post });
    return truth;
  }

  quarantined(
    invocation: Invocation,
    { stream, record, fingerprint }: QuarantinedRecord,
    sent: number,
  ): void {
    const content = contentOf(record);
    const truth = this.#truths.get(`${stream} ${content}`)?.[0];
    if (!truth) throw new Violation('P7', 'The quarantine got a record that does not exist.', record);
    if (this.#isFiltered(truth))
      throw new Violation('P7', 'The quarantine got a record that is left out.', record);
    // The same object once more replaces itself.
    if (this.#byContent.get(`${stream} ${content}`)?.has(fingerprint)) return;
    this.#arrive(stream, truth, content, { fingerprint, marked: true, invocation, sent, post: undefined });
  }

  /** P7: the ledger notes only what was accepted. */
  noted(stream: Stream, chunk: LedgerChunk, at: number): void {
    this.#ledger.add(stream, chunk, at);
  }

  /**
   * P1 and P7: what a watermark has passed has arrived.
   * @param again the complete scans that the watermark depends on; of copies, as many as each of them has shown
   */
  requireShown(again: readonly Scan[], moved: Range): void {
    const counts = again.map((scan) => {
      const records = new Map<string, number>();
      for (const { content } of scan.shown.values()) records.set(content, (records.get(content) ?? 0) + 1);
      return { range: scan.range, records };
    });
    for (const scan of again) {
      for (const [truth, { content }] of scan.shown) {
        // One without a time belongs to no range: whichever slice took it shows it again if it failed.
        if (truth.time === undefined || !isIn(moved, truth.time) || !isIn(scan.range, truth.time)) continue;
        const { time } = truth;
        const covering = counts.filter(({ range }) => isIn(range, time));
        const least = Math.min(...covering.map(({ records }) => records.get(content) ?? 0));
        if (!this.#hasArrived(truth, content, least)) {
          throw new Violation(
            'P1',
            'A watermark has passed a record that was shown and has not arrived.',
            truth,
          );
        }
        if (least > 0 && this.#hasToComeAgain(truth, content, scan.invocation)) {
          throw new Violation('P1', 'An alert that changed back to what it was is not sent again.', truth);
        }
      }
    }
  }

  /**
   * P1: everything that was promised has arrived.
   * @param promised how many of several identical records
   */
  requireAll(promised: (alike: readonly Truth[]) => number): void {
    for (const [key, truths] of this.#truths) {
      const [truth] = truths;
      const content = key.slice(key.indexOf(' ') + 1);
      if (truth && !this.#hasArrived(truth, content, promised(truths), 'any version')) {
        throw new Violation('P1', 'A record is lost.', truth);
      }
    }
  }

  /** Whether a record has arrived with another content, too. */
  hasOtherForm({ stream, versions }: Truth, content: string): boolean {
    return versions.some(
      (version) => version.content !== content && this.#byContent.has(`${stream} ${version.content}`),
    );
  }

  /** See {@link Repeats.posts}. */
  repeatedPosts(stream: Stream): number {
    return this.#repeated.posts(stream);
  }

  #hasArrived(
    truth: Truth,
    content: string,
    copies: number,
    version: 'this version' | 'any version' = 'this version',
  ) {
    if (this.#isFiltered(truth)) return true;
    const { stream } = truth;
    const arrived = (name: string) => this.#byContent.get(`${stream} ${name}`)?.size ?? 0;
    if (truth.vuid === undefined) {
      const names = new Set(truth.versions.map(({ content: name }) => name));
      const counted = version === 'this version' ? [content] : [...names];
      return counted.reduce((sum, name) => sum + arrived(name), 0) >= copies;
    }
    if (this.#scenario.settings.alertUpdates && version === 'this version') return arrived(content) >= copies;
    return copies === 0 || [...(this.#contents.get(truth.vuid) ?? [])].some((name) => arrived(name) > 0);
  }

  /** Whether the ledger that a run read says another version of an alert than the run was shown, and still does. */
  #hasToComeAgain(truth: Truth, content: string, { ledgerReads }: Invocation): boolean {
    const { stream, time, vuid } = truth;
    if (time === undefined || vuid === undefined || !this.#scenario.settings.alertUpdates) return false;
    const read = ledgerReads.get(`${stream}#${hourOf(time)}`);
    // One that is filtered has none.
    const [fingerprint] = this.#byContent.get(`${stream} ${content}`) ?? [];
    if (read === undefined || fingerprint === undefined) return false;
    const versions = this.#ledger.versionsOf(fingerprint);
    const known = latestBefore(versions, read);
    if (!known || known.fingerprint === fingerprint) return false;
    // A later reading of the same run may have met the note of a post that another run had sent before.
    const isNoted = versions.some((note) => note.at >= read && note.fingerprint === fingerprint);
    const sent = this.#byIdentity.get(`${stream} ${fingerprint}`) ?? [];
    return !isNoted && !sent.some((delivery) => delivery.sent >= read);
  }

  #isFiltered(truth: Truth): boolean {
    const { settings, excluded } = this.#scenario;
    return (truth.low && !settings.keepsLowSeverity) || excluded.has(messageOf(truth.versions[0].record));
  }

  #arrive(stream: Stream, truth: Truth, content: string, delivery: Delivery): void {
    const { fingerprint } = delivery;
    const { alertUpdates } = this.#scenario.settings;
    this.#ledger.arrived(stream, fingerprint);
    const byVuid = truth.vuid !== undefined && !alertUpdates;
    const identity = `${stream} ${byVuid ? truth.vuid : fingerprint}`;
    // Open, resolved, open again: the same content twice.
    const allowed =
      byVuid || truth.vuid === undefined
        ? 1
        : Math.max(1, truth.versions.filter((version) => version.content === content).length);

    const earlier = this.#byIdentity.get(identity) ?? [];
    const all = [...earlier, delivery].sort((a, b) => a.sent - b.sent);
    this.#byIdentity.set(identity, all);
    if (all.length > allowed) {
      this.#repeated.judge(content, this.#truths.get(`${stream} ${content}`) ?? [truth], all, allowed);
    }

    const key = `${stream} ${content}`;
    const copies = this.#byContent.get(key) ?? new Set();
    this.#byContent.set(key, copies.add(fingerprint));
    const marked = this.#marked.get(key) ?? new Set();
    if (delivery.marked) this.#marked.set(key, marked.add(fingerprint));
    const exist = this.#truths.get(key)?.length ?? 0;
    const isMiscounted = truth.vuid === undefined && copies.size > exist;
    // What lies at the boundaries of pages that overlap may be sent too often, but not without the mark. Others may arrive after it.
    const isExcused = this.#scenario.server.overlaps
      ? copies.size - exist <= marked.size
      : copies.size <= this.#scans.countedCopies(truth, content);
    if (isMiscounted && !isExcused) {
      throw new Violation(
        'P2',
        `${copies.size} copies were sent of a record that exists ${exist} times.`,
        truth,
      );
    }
  }
}

const isIn = ({ from, to }: Range, time: number): boolean => time >= from && time < to;
