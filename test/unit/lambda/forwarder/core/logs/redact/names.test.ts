import { describe, expect, it } from 'vitest';
import { alertSource, auditSource } from '../../../../../../support/core-records.ts';
import { redactedLog } from '../../../../../../support/redacted-log.ts';

describe('a name', () => {
  /** The details of an audit log whose actor is removed. */
  const detailsWithout = (actor: string, details: string) =>
    redactedLog(auditSource({ actor, details }), { remove: ['actor'] })['details'];

  it.each([
    [
      'beyond a letter that is longer in lower case',
      'Mallory Berg',
      'İİİ Mallory Berg İ',
      'İİİ [redacted] İ',
    ],
    ['with the dotless or dotted i of Turkish', 'ilker ışık', 'By İLKER IŞIK', 'By [redacted]'],
    ['with a final sigma', 'Οδυσσεύς', 'ΟΔΥΣΣΕΥΣ, ΟΔΥΣΣΕΎΣ', '[redacted], [redacted]'],
    ['with a sharp s', 'Jörg Groß', 'JÖRG GROSS or JÖRG GROẞ', '[redacted] or [redacted]'],
    ['with a ligature', 'Steffi Graf', 'Steﬃ Graf', '[redacted]'],
    ['with decomposed accents', 'Zoë Müller', 'Zoe\u0308 Mu\u0308ller', '[redacted]'],
    ['with composed accents', 'Zoe\u0308 Mu\u0308ller', 'ZOË MÜLLER', '[redacted]'],
    ['without its accents', 'Zoë Müller', 'Zoe Muller', '[redacted]'],
    ['with characters that are not shown', 'Ann Lee', 'A\u200Bn\u00ADn\u2060 L\u202Eee', '[redacted]'],
    [
      'with control characters',
      'Ann Lee',
      'A\0n\u0007n\u007f L\x85\u001bee, A\u0001nn \x9f Lee',
      'A\0n\u0007n\u007f L \u001bee, [redacted]',
    ],
    ['that has control characters', 'An\u0001n\u001b Lee', 'Ann Lee', '[redacted]'],
    ['in full-width letters', 'Ann Lee', 'Ａｎｎ\u3000Ｌｅｅ', '[redacted]'],
    ['in mathematical letters, with an accent at its end', 'Ann Lee', '𝐀𝐧𝐧 𝐋𝐞𝐞\u0301.', '[redacted].'],
    ['within Chinese, which has no blanks', '王小明', '用户王小明登录', '用户[redacted]登录'],
    ['of two ideographs', '李明', '李明登录', '[redacted]登录'],
    ['in Latin letters within Chinese', 'Ann', '用户Ann登录', '用户[redacted]登录'],
    ['in Devanagari', 'मीना', 'Login by मीना, not मन', 'Login by [redacted], not मन'],
    ['of three letters in Devanagari', 'राम', 'राम logged in', '[redacted] logged in'],
    ['in Bengali, with composed vowels', 'কোমল', 'by কো\u09aeল', 'by [redacted]'],
    ['in Tamil', 'மீனா', 'by மீனா.', 'by [redacted].'],
    ['in Arabic with points, without them', 'عَلِي', 'by علي and عَلِي', 'by [redacted] and [redacted]'],
    ['in Arabic, with kashida', 'محمد علي', 'by محـمد عـــلي and مـحمد علي', 'by [redacted] and [redacted]'],
    ['of two letters with points in Hebrew', 'דָּן', 'by דָּן', 'by [redacted]'],
    ['with white space around it', '\u00a0Ada Lovelace \n', 'by Ada Lovelace.', 'by [redacted].'],
    ['with other white space', 'Ada Lovelace', 'Ada  Lovelace, Ada\nLovelace', '[redacted], [redacted]'],
    ['with more white space', 'Ada \t Lovelace', 'Ada\u00a0\u200b\u3000Lovelace\u2028', '[redacted]'],
    ['with a typographic apostrophe', "O'Neil", 'O’Neil and OʼNeil', '[redacted] and [redacted]'],
    ['before an apostrophe that is a letter', 'Ann', 'Annʼs', '[redacted]ʼs'],
    [
      'with a backtick or an acute accent for an apostrophe',
      "O'Brien",
      'O`Brien, O´Brien',
      '[redacted], [redacted]',
    ],
    ['with a minus for a hyphen', 'Ana-Maria', 'Ana\u2212Maria', '[redacted]'],
    [
      'with fillers for blanks',
      'Ada Lovelace',
      'Ada\u2800Lovelace, Ada\u3164Lovelace',
      '[redacted], [redacted]',
    ],
    ['without strokes', 'Bjørn Łukasz Đorđe', 'By BJORN LUKASZ DORDE', 'By [redacted]'],
    ['without rarer strokes', 'Ðorđe Ƶiga Gunnarɨ Biŋga', 'By Dorde Ziga Gunnari Binga', 'By [redacted]'],
    ['with strokes on any letter', 'Kasper Nils', 'by ꝃasper ꞥils', 'by [redacted]'],
    [
      'with strokes and hooks',
      'Sara Polo',
      'by ꞩaɍɐ, ꞩara ꝑolo and Ȿᶏra Ƥoꬷo',
      'by ꞩaɍɐ, [redacted] and [redacted]',
    ],
    ['with ligatures', 'Aaron Brook', 'by Ꜳron Brꝏk', 'by [redacted]'],
    ['in small capitals', 'Ada Lovelace', 'by ᴀᴅᴀ ʟᴏᴠᴇʟᴀᴄᴇ and Ada Loveʟace', 'by [redacted] and [redacted]'],
    ['in black circles', 'Ada Lovelace', 'by 🅐🅓🅐 🅛🅞🅥🅔🅛🅐🅒🅔', 'by [redacted]'],
    ['in black squares', 'Zoë', 'by 🆉🅾🅴.', 'by [redacted].'],
    ['in letters of handwriting', 'Greta Ada', 'by ɡretɑ Adɑ', 'by [redacted]'],
    ['with a thorn', 'Þórður', 'By THORDUR', 'By [redacted]'],
    ['with a prime for an apostrophe', "Rus'ana", 'Rus\u02b9ana', '[redacted]'],
    ['with two letters for one', 'Æsa Cœur', 'By aesa coeur', 'By [redacted]'],
    ['with another hyphen', 'Ana-Maria', 'Ana\u2011Maria', '[redacted]'],
    ['that begins within a letter of the text', 'secretary', 'ßecretary', '[redacted]'],
    ['that overlaps itself', 'x-x', 'xx-x-x', 'xx-[redacted]'],
    ['that a replacement would complete', ']abcdefg', ']abcdefgabcdefg', '[redacted]'],
  ])('%s is found', (_, actor, details, expected) => {
    expect(detailsWithout(actor, details)).toBe(expected);
  });

  it('in a removed person goes where it is a whole value, too', () => {
    const source = alertSource({
      title: 'Ada Lovelace',
      events: [
        {
          actorUser: { name: 'Ada Lovelace', login: 'ada.l' },
          target: { name: 'ADA LOVELACE', type: 'User' },
          connectorDisplayName: 'Ada Lovelace',
          userAgent: 'Ada Lovelace',
          aux: { owner: 'Ada Lovelace', list: ['ada.l', 'Bo Ek'], note: 'owner: Ada Lovelace' },
        },
      ],
    });
    const log = redactedLog(source, { remove: ['alert.events[*].actorUser'] });
    expect(JSON.stringify(log)).not.toMatch(/lovelace|ada\.l/i);
    expect(log.alert).toMatchObject({
      title: '[redacted]',
      events: [
        {
          target: { name: '[redacted]', type: 'User' },
          aux: { owner: '[redacted]', list: ['[redacted]', 'Bo Ek'], note: 'owner: [redacted]' },
        },
      ],
    });
    expect(log.valence_forwarder.primary_event).toMatchObject({ user_agent: '[redacted]' });
  });

  it('in a removed object goes where it is a whole sentence or value', () => {
    const who = { name: 'Ann Lee' };
    const log = redactedLog(auditSource({ who, details: 'ann lee', approver: 'Ann Lee' }), {
      remove: ['valence_forwarder.extra.who'],
    });
    expect(log['details']).toBe('[redacted]');
    expect(log.valence_forwarder.extra).toEqual({ approver: '[redacted]' });
  });

  it.each([
    ['the value', { contact: 'Ada Lovelace <ada@example.com>, mailto:eve@example.com' }],
    ['a part of the value', { contact: { by: 'Ada Lovelace <ada@example.com>, mailto:eve@example.com' } }],
  ])('takes the addresses within %s', (_, fields) => {
    const details = 'By ada@example.com for EVE@example.com';
    const log = redactedLog(auditSource({ ...fields, details }), {
      remove: ['valence_forwarder.extra.contact'],
    });
    expect(log['details']).toBe('By [redacted] for [redacted]');
  });

  it('that overlaps another goes with it', () => {
    const people = ['Anna Berg', 'Berg Mann'];
    const log = redactedLog(auditSource({ details: 'By Anna Berg Mann.', people }), {
      remove: ['valence_forwarder.extra.people'],
    });
    expect(log['details']).toBe('By [redacted].');
  });

  it('with white space around it is also the whole value of another field', () => {
    const log = redactedLog(auditSource({ actor: 'Ann  Lee ', approver: ' ann lee' }), { remove: ['actor'] });
    expect(log.valence_forwarder.extra).toEqual({ approver: '[redacted]' });
  });

  it.each(['\u0301\u0301\u0301', ' \n ', '\u200b\u200b\u200b'])('%j is none', (actor) => {
    expect(detailsWithout(actor, 'ordinary text')).toBe('ordinary text');
  });

  it('long enough to take seconds makes a text go without a search', () => {
    const details = `${'a'.repeat(100_000)} Ann`;
    expect(detailsWithout(`${'a'.repeat(5_000)}b${'a'.repeat(5_000)}`, details)).toBe('[redacted]');
    expect(detailsWithout('a'.repeat(100), `b${'a'.repeat(99)} Ann`)).toBe(`b${'a'.repeat(99)} Ann`);
  });

  it('in a text that takes for ever to fold makes it go without a search', () => {
    const everyCharacter = Array.from({ length: 0xf0000 }, (_, code) =>
      String.fromCodePoint(0x10000 + code),
    ).join('');
    const texts = Array.from(
      { length: 20 },
      (_, part) => `${everyCharacter.slice(part * 50_000, part * 50_000 + 400_000)} Ann Lee`,
    );
    const log = redactedLog(auditSource({ actor: 'Ann Lee', texts }), { remove: ['actor'] });
    const shown = (log.valence_forwarder.extra as { texts: string[] }).texts;
    expect(shown.filter((text) => text.includes('Ann Lee'))).toEqual([]);
    expect(shown.at(-1)).toBe('[redacted]');
  });

  it('that may be thousands of times within words makes a text go as a whole', () => {
    expect(detailsWithout('aaa', 'a'.repeat(50_000))).toBe('[redacted]');
  });

  it('thousands of times in a text makes it go as a whole', () => {
    expect(detailsWithout('Ann', 'Ann '.repeat(5_000))).toBe('[redacted]');
  });

  it('of marks that take for ever to sort is noted', () => {
    const actor = `Ann${'\u0301\u0323'.repeat(30_000)} Lee`;
    expect(detailsWithout(actor, 'By Ann Lee.')).toBe('By [redacted].');
  });

  it('is not searched in a text of more than a million characters, which goes as a whole', () => {
    expect(detailsWithout('Ann Lee', 'x'.repeat(1_000_001))).toBe('[redacted]');
    expect(detailsWithout('Ann Lee', 'ﷺ'.repeat(60_000))).toBe('[redacted]');
    expect(detailsWithout('Ann Lee', 'x'.repeat(1_000_000))).toHaveLength(1_000_000);
  });

  it('of hostile number makes a text go as a whole', () => {
    expect(detailsWithout('aaa', 'aaa '.repeat(10_001))).toBe('[redacted]');
  });
});

describe('inside a removed value', () => {
  it('every element of a list of texts is a name, also as the value of another field', () => {
    const log = redactedLog(
      auditSource({ invited: ['Ann Lee', ['Bo Ek']], details: 'ANN LEE and Bo Ek', approver: 'bo ek' }),
      { remove: ['valence_forwarder.extra.invited'] },
    );
    expect(log['details']).toBe('[redacted] and [redacted]');
    expect(log.valence_forwarder.extra).toEqual({ approver: '[redacted]' });
  });

  it.each([
    'username',
    'userName',
    'user_name',
    'mail',
    'displayName',
    'login',
    'principal',
    'UPN',
    'emails',
  ])('the field %s holds a name', (field) => {
    const inner = field === 'emails' ? ['Ann Lee'] : 'Ann Lee';
    const log = redactedLog(auditSource({ who: { more: { [field]: inner } }, details: 'by ann lee' }), {
      remove: ['valence_forwarder.extra.who'],
    });
    expect(log['details']).toBe('by [redacted]');
  });

  it('e-mail addresses are names in any field, and as names of fields', () => {
    const log = redactedLog(
      auditSource({
        who: { note: 'ann@example.com', grants: { 'bo@example.com': 'admin' } },
        details: 'by ann@example.com for bo@example.com as admin',
        approver: 'ann@example.com',
      }),
      { remove: ['valence_forwarder.extra.who'] },
    );
    expect(log['details']).toBe('by [redacted] for [redacted] as admin');
    expect(log.valence_forwarder.extra).toEqual({ approver: '[redacted]' });
  });
});

it('an actor with the name of an action, a platform or an outcome does not take these out of the log', () => {
  const audit = redactedLog(
    auditSource({ actor: 'User created', action: 'User created', details: 'User created' }),
    {
      remove: ['actor'],
    },
  );
  const event = {
    actorUser: { name: 'Google' },
    platform: 'Google',
    eventResult: 'Google',
    actorType: 'Google',
    message: 'By Google',
  };
  const alert = redactedLog(alertSource({ events: [event] }), { remove: ['alert.events[*].actorUser'] });

  expect(audit).toMatchObject({ action: 'User created', details: '[redacted]' });
  expect(audit['actor']).toBeUndefined();
  expect(alert.valence_forwarder.primary_event).toMatchObject({
    platform: 'Google',
    outcome: 'Google',
    actor_type: 'Google',
  });
  expect(JSON.stringify(alert.alert)).not.toContain('By Google');
});
