import { describe, expect, it } from 'vitest';
import type { Stream } from '../../../../../../lambda/contract.ts';
import { PackedEntries } from '../../../../../../lambda/forwarder/core/ledger/chunks.ts';
import {
  hourOf,
  type LedgerEntry,
  ledgerEntry,
} from '../../../../../../lambda/forwarder/core/ledger/entry.ts';
import { Ledger } from '../../../../../../lambda/forwarder/core/ledger/ledger.ts';
import {
  changesSince,
  NO_PARTS,
  notedParts,
} from '../../../../../../lambda/forwarder/core/ledger/noted-parts.ts';
import { secretOf, versionTag } from '../../../../../../lambda/forwarder/core/ledger/salt.ts';
import { LedgerTables } from '../../../../../../lambda/forwarder/core/ledger/tables.ts';
import type { AlertParts } from '../../../../../../lambda/forwarder/core/records/alert-parts.ts';
import { fingerprintOf, identify } from '../../../../../../lambda/forwarder/core/records/identity.ts';
import type { LedgerChunk, StateStore } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import { StateError } from '../../../../../../lambda/shared/errors.ts';
import { alertRecord, auditRecord } from '../../../../../support/core-records.ts';
import { memoryStore } from '../../../../../support/fake-ports.ts';
import { IDENTITY_RULES } from '../../../../../support/stream-settings.ts';

const HOUR = 490_833;
const PARTS: AlertParts = { status: '"Open"', severity: '"high"', events: '[{}]' };
const SECRET = secretOf('run');

const auditEntry = (text: string): LedgerEntry => ({ hour: HOUR, key: fingerprintOf(text) });
const alertEntry = (vuid: string, version: string): LedgerEntry => ({
  hour: HOUR,
  key: fingerprintOf(vuid),
  version: fingerprintOf(version),
});

/** The chunks that entries are written in. */
function packEntries(entries: readonly LedgerEntry[], salt = SECRET.salt): Uint8Array[] {
  const packed = new PackedEntries(entries.length);
  for (const [index, entry] of entries.entries()) packed.set(index, entry);
  return packed.chunks(0, entries.length, salt).map(({ entries: chunk }) => chunk);
}

/** A ledger over a store that holds the given chunks of one hour, oldest first. */
async function ledgerOver(stream: Stream, chunks: Uint8Array[]) {
  const store = memoryStore();
  for (const [sequence, entries] of chunks.entries()) {
    await store.appendLedger(stream, { hour: HOUR, fence: 1, sequence, entries }, Number.POSITIVE_INFINITY);
  }
  const corrupt: LedgerChunk[] = [];
  const ledger = new Ledger(store, stream, SECRET, (chunk) => corrupt.push(chunk));
  await ledger.load(HOUR);
  return { ledger, corrupt, store };
}

describe('a ledger entry', () => {
  it('is filed under the hour of its record, and under hour 0 without a usable time', () => {
    expect([hourOf(HOUR * 3600), hourOf(HOUR * 3600 + 3599), hourOf(undefined)]).toEqual([HOUR, HOUR, 0]);
  });

  it('of an audit record is the fingerprint of its copy', () => {
    const identity = identify('audit-logs', auditRecord(), IDENTITY_RULES);

    const [first, second] = [1, 2].map((copy) => ledgerEntry('audit-logs', identity, copy, HOUR * 3600));

    expect(first).toEqual({ hour: HOUR, key: identity.content });
    expect(second?.key).not.toBe(first?.key);
  });

  it('of an alert is its own id and its version', () => {
    const identity = identify('alerts', alertRecord(), IDENTITY_RULES);

    const entry = ledgerEntry('alerts', identity, 1, HOUR * 3600);

    expect(entry).toEqual({ hour: HOUR, key: identity.key, version: identity.content });
  });

  it('takes 16 bytes for an audit record and 30 for an alert', () => {
    const audit = packEntries(Array.from({ length: 10 }, (_, n) => auditEntry(`${n}`)));
    const alerts = packEntries(Array.from({ length: 10 }, (_, n) => alertEntry(`${n}`, 'a')));

    expect(audit.map(({ length }) => length)).toEqual([1 + 160]);
    expect(alerts.map(({ length }) => length)).toEqual([1 + 8 + 300]);
  });
});

describe('the ledger', () => {
  it('F59 knows 2,500 records again, packed a thousand to a chunk', async () => {
    const entries = Array.from({ length: 2_500 }, (_, n) => auditEntry(`record ${n}`));
    const chunks = packEntries(entries);

    const { ledger } = await ledgerOver('audit-logs', chunks);

    expect(chunks.map(({ length }) => (length - 1) / 16)).toEqual([1000, 1000, 500]);
    expect(entries.every((entry) => ledger.lookUp(entry) === 'unchanged')).toBe(true);
    expect(ledger.lookUp(auditEntry('another'))).toBe('absent');
  });

  it('packs nothing into nothing', () => {
    expect(packEntries([])).toEqual([]);
  });

  it('packs some of several entries, each hour apart, and knows each again', () => {
    const entries = Array.from({ length: 100 }, (_, n) => ({
      ...alertEntry(`${n}`, 'a'),
      hour: HOUR + (n % 2),
    }));
    const packed = new PackedEntries(entries.length);
    for (const [index, entry] of entries.entries()) packed.set(index, entry);

    const chunks = packed.chunks(10, 21, SECRET.salt);

    expect(chunks.map(({ hour, entries: { length } }) => [hour, (length - 9) / 30])).toEqual([
      [HOUR, 6],
      [HOUR + 1, 5],
    ]);
    expect(entries.map((_, n) => packed.at(n))).toEqual(entries);
  });

  it('F40 distinguishes a new version of an alert from the last one, also when an earlier one returns', async () => {
    const chunks = [alertEntry('v', 'open'), alertEntry('v', 'resolved')].flatMap((entry) =>
      packEntries([entry]),
    );

    const { ledger } = await ledgerOver('alerts', chunks);

    expect(ledger.lookUp(alertEntry('v', 'resolved'))).toBe('unchanged');
    expect(ledger.lookUp(alertEntry('v', 'open'))).toBe('changed');
    expect(ledger.lookUp(alertEntry('w', 'open'))).toBe('absent');
  });

  it('recognises a version whichever run noted it, and distinguishes it from one that shares half of its bits', async () => {
    const version = (rest: string) => `${'0'.repeat(16)}${rest.repeat(16)}`;
    const alert = (id: string, rest: string): LedgerEntry => ({
      hour: HOUR,
      key: fingerprintOf(id),
      version: version(rest),
    });
    const salts = ['another', 'run', 'a third'].map((owner) => secretOf(owner).salt);
    const chunks = salts.map((salt, n) => packEntries([alert(`alert ${n}`, 'a')], salt)[0] ?? Buffer.of());

    const { ledger, corrupt } = await ledgerOver('alerts', chunks);

    expect(corrupt).toEqual([]);
    expect(salts.map((_, n) => ledger.lookUp(alert(`alert ${n}`, 'a')))).toEqual(Array(3).fill('unchanged'));
    expect(salts.map((_, n) => ledger.lookUp(alert(`alert ${n}`, 'b')))).toEqual(Array(3).fill('changed'));
  });

  it('F105 reads the former layout of alerts, which holds nothing of their parts', async () => {
    const { salt } = secretOf('former');
    const [open, resolved] = [alertEntry('v', 'open'), alertEntry('v', 'resolved')];
    const former = Buffer.from(`02${salt}${open.key}${versionTag(salt, open.version ?? '')}`, 'hex');

    const { ledger, corrupt } = await ledgerOver('alerts', [former]);

    expect(corrupt).toEqual([]);
    expect([open, resolved].map((entry) => ledger.lookUp(entry))).toEqual(['unchanged', 'changed']);
    expect(changesSince(ledger.partsOf(resolved) ?? NO_PARTS, PARTS)).toBeUndefined();
  });

  it.each([
    ['nothing of what is compared', {}, ['other']],
    ['its status', { status: '"Resolved"' }, ['status']],
    ['its severity', { severity: '"low"' }, ['severity']],
    ['its events', { events: '[]' }, ['events']],
    ['everything', { status: '1', severity: '2', events: '3' }, ['status', 'severity', 'events']],
    ['what is not known now', { severity: undefined }, ['other']],
  ])('says by the entry of an earlier run what has changed of an alert: %s', async (_, change, changed) => {
    const { salt } = secretOf('another run');
    const entries = [alertEntry('u', 'a'), alertEntry('v', 'a'), alertEntry('w', 'a')];
    const noted = { ...entries[1], parts: notedParts(salt, PARTS) } as LedgerEntry;

    const { ledger } = await ledgerOver('alerts', packEntries([...entries.slice(0, 1), noted], salt));

    expect(changesSince(ledger.partsOf(noted) ?? NO_PARTS, { ...PARTS, ...change })).toEqual(changed);
    expect(changesSince(ledger.partsOf(entries[0] ?? noted) ?? NO_PARTS, PARTS)).toBeUndefined();
    expect(ledger.partsOf(entries[2] ?? noted)).toBeUndefined();
  });

  it('F39 takes the last version within one chunk, too', async () => {
    const { ledger } = await ledgerOver(
      'alerts',
      packEntries([alertEntry('v', 'open'), alertEntry('v', 'resolved')]),
    );

    expect(ledger.lookUp(alertEntry('v', 'resolved'))).toBe('unchanged');
  });

  it.each([
    ['of an unknown layout', (good: Uint8Array) => Uint8Array.of(9, ...good.slice(1))],
    ['cut off', (good: Uint8Array) => good.slice(0, -1)],
    ['empty', () => new Uint8Array()],
  ])('F62 skips a chunk that is %s, reports it, and reads the others', async (_, spoil) => {
    const [bad, good] = [packEntries([auditEntry('a')])[0], packEntries([auditEntry('b')])[0]] as const;
    if (!bad || !good) throw new Error('Nothing was packed.');

    const { ledger, corrupt } = await ledgerOver('audit-logs', [spoil(bad), good]);

    expect(ledger.lookUp(auditEntry('a'))).toBe('absent');
    expect(ledger.lookUp(auditEntry('b'))).toBe('unchanged');
    expect(corrupt).toMatchObject([{ hour: HOUR, sequence: 0 }]);
    expect([HOUR, HOUR + 1].map((hour) => ledger.hasGap(hour))).toEqual([true, false]);
  });

  it('reads a chunk that lies in the middle of a larger buffer', async () => {
    const [packed = new Uint8Array()] = packEntries([auditEntry('a')]);
    const larger = Buffer.concat([Buffer.alloc(5, 0xff), packed]);

    const { ledger } = await ledgerOver('audit-logs', [larger.subarray(5)]);

    expect(ledger.lookUp(auditEntry('a'))).toBe('unchanged');
  });

  it('remembers what is on its way, so that a later page does not offer it again', async () => {
    const { ledger } = await ledgerOver('alerts', []);

    ledger.remember(alertEntry('v', 'open'));

    expect(ledger.lookUp(alertEntry('v', 'open'))).toBe('unchanged');
    expect(ledger.lookUp(alertEntry('v', 'resolved'))).toBe('changed');
  });

  it('F73 has no read under way any more when one of several has failed', async () => {
    let underWay = 0;
    const store: Pick<StateStore, 'loadLedger'> = {
      async loadLedger(_, hour) {
        underWay++;
        await new Promise((resolve) => setTimeout(resolve, hour - HOUR));
        underWay--;
        if (hour === HOUR) throw new StateError('state-throttled', 'Throttled.', 'None.');
        return [];
      },
    };
    const ledger = new Ledger(store as StateStore, 'alerts', SECRET, () => undefined);

    const failure = ledger.loadRange({ from: HOUR * 3600, to: (HOUR + 3) * 3600 });

    await expect(failure).rejects.toMatchObject({ code: 'state-throttled' });
    expect(underWay).toBe(0);
  });

  it('loads every hour that a range touches, and each only once', async () => {
    const { store } = await ledgerOver('alerts', []);
    const loaded: number[] = [];
    const watched = {
      ...store,
      loadLedger: async (stream: Stream, hour: number) => {
        loaded.push(hour);
        return store.loadLedger(stream, hour);
      },
    };
    const ledger = new Ledger(watched, 'alerts', SECRET, () => undefined);

    await Promise.all([
      ledger.loadRange({ from: HOUR * 3600 + 3599, to: (HOUR + 2) * 3600 }),
      ledger.loadRange({ from: (HOUR + 1) * 3600, to: (HOUR + 2) * 3600 }),
    ]);
    await ledger.load(HOUR + 1);

    expect(loaded).toEqual([HOUR, HOUR + 1]);
  });

  it('loads an hour again after a failure, and after it was cleared', async () => {
    const { store } = await ledgerOver('audit-logs', packEntries([auditEntry('a')]));
    let loads = 0;
    const failingOnce: Pick<StateStore, 'loadLedger'> = {
      async loadLedger(stream, hour) {
        if (loads++ === 0) throw new StateError('state-throttled', 'Throttled.', 'None.');
        return store.loadLedger(stream, hour);
      },
    };
    const ledger = new Ledger(failingOnce, 'audit-logs', SECRET, () => undefined);

    await expect(ledger.load(HOUR)).rejects.toThrow();
    await ledger.load(HOUR);
    expect(ledger.lookUp(auditEntry('a'))).toBe('unchanged');

    await store.appendLedger(
      'audit-logs',
      { hour: HOUR, fence: 2, sequence: 0, entries: packEntries([auditEntry('b')])[0] ?? new Uint8Array() },
      Number.POSITIVE_INFINITY,
    );
    ledger.clear();
    expect([ledger.isLoaded(HOUR), ledger.lookUp(auditEntry('a'))]).toEqual([false, 'absent']);
    await ledger.load(HOUR);
    expect(['a', 'b'].map((text) => ledger.lookUp(auditEntry(text)))).toEqual(['unchanged', 'unchanged']);
  });
});

describe('entries in memory', () => {
  it('are forgotten when they are cleared, and nothing of them shows in what comes after', () => {
    const tables = new LedgerTables('alerts', SECRET);
    const entries = Array.from({ length: 300 }, (_, n) => alertEntry(`${n}`, 'open'));
    for (const entry of entries) tables.remember(entry);

    tables.clear();
    tables.remember(alertEntry('0', 'resolved'));

    expect(entries.map((entry) => tables.lookUp(entry))).toEqual(['changed', ...Array(299).fill('absent')]);
  });
});
