import type { LedgerEntry } from '../ledger/entry.ts';
import { secretOf } from '../ledger/salt.ts';
import {
  fingerprintOf,
  sharedKeyFingerprint,
  timedKeyFingerprint,
  versionKeyFingerprint,
} from '../records/identity.ts';
import type { KnownAnyhow, LookUp } from './former-identities.ts';
import { MARK, type ShownAlerts, type ShownBefore } from './shown-alerts.ts';
import type { StreamContext } from './stream-context.ts';

/** What a slice knows of entries, and how it remembers one that it is going to write. */
export interface EntryBook {
  /** What is known, with all that the slice is going to note. */
  lookUp: LookUp;
  /** What was noted before the slice. */
  lookUpNoted: LookUp;
  remember: (entry: LedgerEntry) => void;
  /** Whether all slices use it, so that each knows what the others are sending. */
  isCommon: boolean;
}

/** An alert of a slice. */
export interface KeyedAlert {
  /** Under its key. */
  entry: LedgerEntry;
  /** Of its creation, see {@link timeWord}. */
  time: number;
}

/** Under which entry an alert is noted, and what is known of that. */
interface Judgement {
  entry: LedgerEntry;
  known: KnownAnyhow;
}

/** Noted in each hour in which alerts are distinguished by their creation time. Looking it up costs less than looking up each alert. */
const ANY_SHARED = fingerprintOf('shared keys');

/** Says that different alerts share a key. */
const sharedEntry = (entry: LedgerEntry): LedgerEntry => ({
  ...entry,
  key: sharedKeyFingerprint(entry.key),
});

/** The entry of an alert that is distinguished from others of its key by its creation time. */
const timedEntry = ({ entry, time }: KeyedAlert): LedgerEntry => ({
  ...entry,
  key: timedKeyFingerprint(entry.key, time),
});

/** Says that a content was forwarded, also when the key is noted with another one since. */
const versionEntry = (entry: LedgerEntry): LedgerEntry => ({
  ...entry,
  key: versionKeyFingerprint(entry.key, entry.version ?? ''),
});

/** Whether an alert is noted, though not under its key alone. */
export const isNotedApart = (alert: KeyedAlert, lookUp: LookUp): boolean =>
  lookUp(timedEntry(alert)) === 'unchanged' || lookUp(versionEntry(alert.entry)) !== 'absent';

/**
 * Alerts of which one scan shows several contents under one key.
 *
 * If their creation times differ, they are different alerts, which `alertKey` does not distinguish: that time does not change. Each
 * is forwarded, with updates on or off, and noted by key and creation time; the key is noted as shared. Otherwise they are versions
 * of one alert, which has changed while pages were read, or alerts of one second. With updates on each is forwarded, and noted by
 * key and content, so that a scan that shows them together again sends none of them; with updates off one is sent.
 *
 * When the first of several contents is met, it is not known that others follow. Where that matters the first is left open, and the
 * slice is scanned again: then it is known.
 */
export class SharedKeys {
  readonly #context: StreamContext;
  readonly #shown: ShownAlerts;
  readonly #salt: string;
  /** See {@link NewKeys.join}. */
  readonly #slice: number;
  #notes: { entry: LedgerEntry; of: LedgerEntry | undefined }[] = [];
  /** How many alerts only another scan can decide on. */
  #open = 0;

  constructor(context: StreamContext, shown: ShownAlerts) {
    this.#context = context;
    this.#shown = shown;
    this.#salt = secretOf(context.lease.owner).salt;
    this.#slice = context.newKeys.join();
  }

  /** To be called at the start of each scan of the slice. */
  startScan(): void {
    this.#shown.scan++;
    this.#open = 0;
  }

  /** Whether the scan has left alerts open. */
  get needScan(): boolean {
    return this.#open > 0;
  }

  /**
   * Judges an alert by what the scan has shown under its key before.
   * @param known what is known of its key, in any hour
   */
  judge(alert: KeyedAlert, known: KnownAnyhow, book: EntryBook): Judgement {
    const { entry, time } = alert;
    const { key, version = '', hour } = entry;
    const before = this.#shown.see(key, version, time, hour);
    if (before) this.#see(alert, before, book);
    const marks = this.#shown.marks(key);
    if (known !== 'changed') this.#shown.mark(key, MARK.explained);
    const judgement =
      known === 'changed' || (known === 'absent' && (marks & MARK.shared) !== 0)
        ? this.#judgeKnownKey(alert, marks, book)
        : this.#judgeTimed(alert, known, book);
    if (judgement.known === 'absent' && judgement.entry === entry) return this.#judgeNew(alert, book);
    if (judgement.known === 'unchanged' || judgement.known === 'adopted') this.forwarded(alert, book);
    return judgement;
  }

  /**
   * To be called with an alert that was forwarded before, or is about to be.
   * @param sent the entry that is noted with it; undefined when it was forwarded before
   */
  forwarded({ entry, time }: KeyedAlert, book: EntryBook, sent?: LedgerEntry): void {
    const marks = this.#shown.marks(entry.key);
    if ((marks & MARK.open) !== 0) return;
    this.#shown.mark(entry.key, MARK.forwarded);
    if ((marks & MARK.shared) !== 0) this.#noteShared({ entry, time }, book, sent);
    if ((marks & MARK.versions) !== 0) this.#noteVersion(entry, book, sent);
  }

  /**
   * What is to be noted once everything that the slice has sent is in the ledger. Returns each entry once.
   * @param waiting entry of a record that is not in the batch yet
   */
  takeNotes(waiting?: LedgerEntry): LedgerEntry[] {
    const isReady = ({ of }: { of: LedgerEntry | undefined }) => of === undefined || of !== waiting;
    const ready = this.#notes.filter(isReady);
    this.#notes = this.#notes.filter((note) => !isReady(note));
    return ready.map(({ entry }) => entry);
  }

  /** Another content of a key in the same scan. */
  #see({ entry }: KeyedAlert, before: ShownBefore, book: EntryBook): void {
    const { settings, counts } = this.#context;
    const { content, hour, time, hasSameTime, marks } = before;
    if ((marks & (MARK.shared | MARK.versions)) === 0) counts.sharedKeys++;
    if ((marks & MARK.open) !== 0) {
      if (settings.alertUpdates && hasSameTime) this.#open--;
      if (!settings.alertUpdates && !hasSameTime && this.#shown.scan === 1) this.#open++;
    }
    if ((marks & MARK.forwarded) === 0) return;
    const entryBefore = { hour, key: entry.key, version: content };
    if (hasSameTime) this.#noteVersion(entryBefore, book);
    else this.#noteShared({ entry: entryBefore, time }, book);
  }

  /** Judges an alert by its entry of key and creation time, if there is one: that of its key alone may be older, or missing. */
  #judgeTimed(alert: KeyedAlert, known: KnownAnyhow, book: EntryBook): Judgement {
    const { entry } = alert;
    if (book.lookUp({ hour: entry.hour, key: ANY_SHARED }) === 'absent') return { entry, known };
    const timed = timedEntry(alert);
    const knownTimed = book.lookUp(timed);
    return knownTimed === 'absent' ? { entry, known } : { entry: timed, known: knownTimed };
  }

  /** Judges an alert whose key is new, so that of alerts in concurrent slices only one is noted by its key alone. */
  #judgeNew(alert: KeyedAlert, { isCommon }: EntryBook): Judgement {
    const { newKeys } = this.#context;
    const { entry } = alert;
    // What is new in a common book is new to all slices. One that was going to send the same alert may have failed.
    if (isCommon || newKeys.claim(entry.key, this.#slice)) return { entry, known: 'absent' };
    this.#markShared(entry.key);
    return { entry: timedEntry(alert), known: 'absent' };
  }

  /** @param alert whose key is known with another content */
  #judgeKnownKey(alert: KeyedAlert, marks: number, book: EntryBook): Judgement {
    const { settings, counts } = this.#context;
    const { entry } = alert;
    const isTogether = (marks & (MARK.shared | MARK.versions)) !== 0;
    // This scan may have sent another content since.
    if (isTogether && book.lookUpNoted(entry) === 'unchanged') return { entry, known: 'unchanged' };
    const timed = timedEntry(alert);
    const known = book.lookUp(timed);
    if (known === 'unchanged') return { entry: timed, known };
    if (known === 'absent') {
      const another = this.#judgeAnother(alert, marks, book);
      if (another) return { entry: timed, known: another };
    }
    const judged: Judgement = { entry: known === 'absent' ? entry : timed, known: 'changed' };
    if (!settings.alertUpdates) {
      if (known === 'absent') {
        this.#shown.mark(entry.key, MARK.open);
        if (book.lookUp(entry) === 'absent') counts.movedAlerts++;
      }
      return judged;
    }
    if (book.lookUp(versionEntry(entry)) === 'absent') return judged;
    if ((marks & MARK.versions) !== 0) return { entry, known: 'unchanged' };
    if (this.#shown.scan > 1) return judged;
    if ((marks & MARK.open) === 0) this.#open++;
    this.#shown.mark(entry.key, MARK.open);
    return { entry, known: 'unchanged' };
  }

  /**
   * Judges an alert that was not distinguished by its time before.
   * @returns undefined when its key is not known to be of different alerts
   */
  #judgeAnother(
    { entry }: KeyedAlert,
    marks: number,
    { lookUp }: EntryBook,
  ): 'absent' | 'perhaps' | undefined {
    const { lookBackKeys, settings } = this.#context;
    const isNewInHour = lookUp(entry) === 'absent';
    const shared = sharedEntry(entry);
    const isKnownAsShared =
      lookUp(shared) !== 'absent' || (isNewInHour && lookBackKeys.lookUp(shared) !== 'absent');
    // What this run has sent can hardly have moved since.
    const isOfThisRun =
      isNewInHour && !settings.alertUpdates && lookBackKeys.partsOf(entry)?.salt === this.#salt;
    if ((marks & MARK.shared) === 0 && !isKnownAsShared && !isOfThisRun) return undefined;
    this.#markShared(entry.key);
    // The key may have been noted for this one, with another content.
    const isAmbiguous = !isNewInHour && !isKnownAsShared && (marks & MARK.explained) === 0;
    return isAmbiguous && !settings.alertUpdates ? 'perhaps' : 'absent';
  }

  /** Marks a key as that of different alerts, and counts it once. */
  #markShared(key: string): void {
    if ((this.#shown.marks(key) & MARK.shared) === 0) this.#context.counts.sharedKeys++;
    this.#shown.mark(key, MARK.shared);
  }

  #noteShared(alert: KeyedAlert, book: EntryBook, sent?: LedgerEntry): void {
    const { entry } = alert;
    const timed = timedEntry(alert);
    if (sent?.key !== timed.key && book.lookUp(timed) === 'absent') this.#note(timed, book, sent);
    for (const note of [sharedEntry(entry), { ...entry, key: ANY_SHARED }]) {
      if (book.lookUp(note) === 'absent') this.#note(note, book, sent);
    }
  }

  #noteVersion(entry: LedgerEntry, book: EntryBook, sent?: LedgerEntry): void {
    if (!this.#context.settings.alertUpdates) return;
    const note = versionEntry(entry);
    if (book.lookUp(note) === 'absent') this.#note(note, book, sent);
  }

  #note(entry: LedgerEntry, book: EntryBook, sent: LedgerEntry | undefined): void {
    this.#notes.push({ entry, of: sent });
    book.remember(entry);
  }
}
