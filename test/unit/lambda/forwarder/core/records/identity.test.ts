import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import {
  copyFingerprint,
  fingerprintOf,
  identify,
} from '../../../../../../lambda/forwarder/core/records/identity.ts';
import type { IdentityRules } from '../../../../../../lambda/forwarder/core/state-ports.ts';
import { alertRecord, auditRecord, nested } from '../../../../../support/core-records.ts';
import { IDENTITY_RULES } from '../../../../../support/stream-settings.ts';

const rules = (change: Partial<IdentityRules> = {}): IdentityRules => ({ ...IDENTITY_RULES, ...change });

const HEX_128 = /^[0-9a-f]{32}$/;

const alertContent = (change: Parameters<typeof alertRecord>[0], volatileFields: string[] = []) =>
  identify('alerts', alertRecord(change), rules({ volatileFields })).content;

describe('the identity of an audit record', () => {
  it('is its content, whatever the order of its fields', () => {
    const record = auditRecord();
    const turned = Object.fromEntries(Object.entries(record).toReversed());

    const identity = identify('audit-logs', record, rules());

    expect(identity.content).toMatch(HEX_128);
    expect(identity.key).toBeUndefined();
    expect(identify('audit-logs', turned, rules())).toEqual(identity);
  });

  it('changes with every field but volatile ones', () => {
    const contentOf = (lastSeen: number, volatileFields: string[]) =>
      identify('audit-logs', auditRecord({ lastSeen }), rules({ volatileFields })).content;

    expect(contentOf(1, [])).not.toBe(contentOf(2, []));
    expect(contentOf(1, ['lastSeen'])).toBe(contentOf(2, ['lastSeen']));
  });

  it('F31 differs for numbers that a double cannot distinguish', () => {
    const [one, other] = ['9007199254740993', '9007199254740992'].map((id) =>
      identify('audit-logs', auditRecord({ id: new LosslessNumber(id) }), rules()),
    );

    expect(one?.content).not.toBe(other?.content);
  });

  it('F30 counts a key named __proto__ as content', () => {
    const [one, other] = ['{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}'].map((text) =>
      identify('audit-logs', JSON.parse(text), rules()),
    );

    expect(one?.content).not.toBe(other?.content);
  });

  it('of a copy is of its own, except for the first', () => {
    const { content } = identify('audit-logs', auditRecord(), rules());

    const copies = [1, 2, 3].map((k) => copyFingerprint(content, k));

    expect(copies[0]).toBe(content);
    expect(new Set(copies).size).toBe(3);
    expect(copies.every((copy) => HEX_128.test(copy))).toBe(true);
  });
});

describe('the identity of an alert', () => {
  it('is its vuid, while its content distinguishes versions', () => {
    const open = identify('alerts', alertRecord(), rules());

    const resolved = identify('alerts', alertRecord({ status: 'Resolved' }), rules());

    expect(open.key).toMatch(HEX_128);
    expect(resolved.key).toBe(open.key);
    expect(resolved.content).not.toBe(open.content);
  });

  it.each([{ vuid: undefined }, { vuid: '' }, { vuid: null }, { vuid: { id: 7 } }])(
    'F26 is its content when there is no usable vuid: $vuid',
    (change) => {
      expect(identify('alerts', alertRecord(change), rules()).key).toBeUndefined();
    },
  );

  const keyOf = (change: object, alertKey: string[]) =>
    identify('alerts', alertRecord({ vuid: undefined, ...change }), rules({ alertKey })).key;

  it('F95 keeps the key of a text vuid as it always was', () => {
    expect(keyOf({ vuid: 'a-1' }, ['vuid'])).toBe(fingerprintOf('vuid:"a-1"'));
  });

  it('F95 may be a number, which is not the text of its digits', () => {
    const big = new LosslessNumber('12345678901234567891');

    expect(keyOf({ vuid: 7 }, ['vuid'])).toMatch(HEX_128);
    expect(keyOf({ vuid: 7 }, ['vuid'])).not.toBe(keyOf({ vuid: '7' }, ['vuid']));
    expect(keyOf({ vuid: big }, ['vuid'])).not.toBe(
      keyOf({ vuid: new LosslessNumber('12345678901234567892') }, ['vuid']),
    );
  });

  it('F95 is made of several fields, at any depth, of which some may be missing', () => {
    const fields = ['tenant', 'source.id'];
    const of = (tenant: unknown, id: unknown) => keyOf({ tenant, source: { id } }, fields);
    const keys = [of('t', 1), of('t', 2), of('u', 1), of(undefined, 1), of('t', undefined)];

    expect(keys.every((key) => key?.length === 32)).toBe(true);
    expect(new Set(keys).size).toBe(5);
    expect(of(null, '')).toBeUndefined();
  });

  it('F95 does not change with the order of a list that has none', () => {
    const of = (connectorUids: unknown, unorderedFields = ['connectorUids']) =>
      identify('alerts', alertRecord({ connectorUids }), rules({ unorderedFields })).content;

    expect(of(['b', 'a', { x: 1 }])).toBe(of([{ x: 1 }, 'a', 'b']));
    expect(of(['b', 'a'], [])).not.toBe(of(['a', 'b'], []));
    expect(of(['a', 'b'])).toBe(of(['a', 'b'], []));
    expect(of(['a', 'a'])).not.toBe(of(['a']));
    expect(of('ba')).not.toBe(of('ab'));
  });

  it('F95 finds such a list in objects and in the elements of lists, and leaves the record as it is', () => {
    const unordered = rules({ unorderedFields: ['events.tags'], volatileFields: ['events.seen'] });
    const of = (tags: string[], seen: number) => {
      const alert = alertRecord({ events: [{ tags, seen }, { ip: '192.0.2.1' }] });
      const { content, form } = identify('alerts', alert, unordered);
      expect(form.text).toContain(JSON.stringify(tags));
      return content;
    };

    expect(of(['y', 'x'], 1)).toBe(of(['x', 'y'], 2));
  });

  it('F30 differs for ids that differ in a lone surrogate only', () => {
    const [one, other] = ['a\ud800', 'a\ud801'].map((vuid) =>
      identify('alerts', alertRecord({ vuid }), rules()),
    );

    expect(one?.key).not.toBe(other?.key);
  });

  it('does not change with the type that it carries', () => {
    expect(alertContent({ alertType: { name: 'A' } })).toBe(alertContent({}));
  });

  it('F40 does not change with a volatile field, at the root, inside objects and inside lists', () => {
    const paths = ['lastSeen', 'risk.score', 'events.lastSeen'];
    const of = (n: number) =>
      alertContent(
        { lastSeen: n, risk: { score: n, kind: 'x' }, events: [{ lastSeen: n, ip: '192.0.2.1' }] },
        paths,
      );

    expect(of(2)).toBe(of(1));
    expect(alertContent({ risk: { score: 1, kind: 'y' } }, paths)).not.toBe(
      alertContent({ risk: { score: 1, kind: 'x' } }, paths),
    );
  });

  it('F30 treats a volatile path named __proto__ as any other key', () => {
    const of = (text: string) =>
      identify('alerts', JSON.parse(text), rules({ volatileFields: ['__proto__.a'] })).content;

    expect(of('{"vuid":"v","__proto__":{"a":1}}')).toBe(of('{"vuid":"v","__proto__":{"a":2}}'));
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it('F32 is found in 10,000 levels of lists, also along a volatile path', () => {
    expect(alertContent({ events: nested(10_000) }, ['events.lastSeen'])).toMatch(HEX_128);
  });
});
