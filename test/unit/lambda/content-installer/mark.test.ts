import { describe, expect, it } from 'vitest';
import { markIn, withFarewell, withMark, withOtherMark } from '../../../../lambda/content-installer/mark.ts';

const MARKS = {
  pipeline: 'Managed by valence-datadog-forwarder (pipeline/valence)',
  dashboard: 'Managed by valence-datadog-forwarder (dashboard/overview)',
} as const;
/** By which versions without owners find their objects, as commit 7387750 has it. */
const FORMER_MARK = /Managed by valence-datadog-forwarder \((\w+)\/([\w-]+)\)/;
const ADVICE =
  ': a deployment overwrites what is edited here; clone it under another title to keep your own.';

describe('the ownership mark', () => {
  it.each([
    ['dashboard', { description: 'What happened.' }, 'description'],
    ['rule', { message: 'What happened.' }, 'message'],
    ['monitor', { message: 'What happened.' }, 'message'],
    ['pipeline', { description: 'What happened.' }, 'description'],
  ] as const)('follows the text of a %s, which is kept', (kind, body, field) => {
    expect(withMark({ kind, key: 'overview', body: { ...body, name: 'x' } })).toEqual({
      name: 'x',
      [field]: `What happened.\n\nManaged by valence-datadog-forwarder (${kind}/overview)${ADVICE}`,
    });
  });

  it('is the whole text of an item without one', () => {
    expect(withMark({ kind: 'pipeline', key: 'valence', body: { name: 'Valence' } })).toEqual({
      name: 'Valence',
      description: `${MARKS.pipeline}${ADVICE}`,
    });
  });

  it('leaves the item as it was', () => {
    const body = { description: 'What happened.' };

    withMark({ kind: 'dashboard', key: 'overview', body });

    expect(body).toEqual({ description: 'What happened.' });
  });

  it('names the item, wherever in the text it is', () => {
    expect(markIn('dashboard', { description: `Mine.\n${MARKS.dashboard} and more` })).toEqual({
      key: 'overview',
      owners: [],
    });
  });

  it('names the owner, and is not found by versions that know no owners', () => {
    const item = { kind: 'dashboard', key: 'overview', body: { description: 'Mine.' } } as const;
    const marked = withMark(item, ['0a1b2c3d4e5f']);

    expect(markIn('dashboard', marked)).toEqual({ key: 'overview', owners: ['0a1b2c3d4e5f'] });
    expect(marked.description).not.toMatch(FORMER_MARK);
    expect(withMark(item).description).toMatch(FORMER_MARK);
  });

  it('names those that owned the object before, and can be changed alone', () => {
    const item = {
      kind: 'dashboard',
      key: 'overview',
      body: { title: 'Valence', description: 'Mine.' },
    } as const;
    const marked = withMark(item, ['0a1b', '2c3d', '4e5f']);

    expect(marked.description).toContain('(dashboard/overview, owner 0a1b, before 2c3d, 4e5f): a deployment');
    expect(markIn('dashboard', marked)).toEqual({ key: 'overview', owners: ['0a1b', '2c3d', '4e5f'] });
    expect(marked.description).not.toMatch(FORMER_MARK);

    const shown = { ...marked, id: 'abc-def-ghi', url: '/dashboard/abc-def-ghi', template_variables: null };
    expect(withOtherMark('dashboard', shown, { key: 'overview', owners: ['2c3d'] })).toEqual(
      withMark(item, ['2c3d']),
    );
  });

  it('is replaced by a farewell that is no mark', () => {
    const left = withFarewell({ kind: 'dashboard', key: 'overview', body: { description: 'Mine.' } });

    expect(left.description).toMatch(/^Mine\.\n\nNo longer managed by valence-datadog-forwarder/);
    expect(markIn('dashboard', left)).toBeUndefined();
    expect(left.description).not.toMatch(FORMER_MARK);
  });

  it.each([
    ['text without a mark', { description: 'What happened.' }],
    ['no text', {}],
    ['text that is none', { description: 7 }],
    ['the mark of another kind', { description: MARKS.pipeline }],
    ['the mark in another field', { message: MARKS.dashboard }],
  ])('is not found in %s', (_, found) => {
    expect(markIn('dashboard', found)).toBeUndefined();
  });
});
