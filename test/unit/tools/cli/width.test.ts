import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fitted, screenColumns, widthOf } from '../../../../tools/cli/width.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the width of the screen', () => {
  it('is COLUMNS, or that of the terminal, or 80', () => {
    vi.stubEnv('COLUMNS', '');
    expect(screenColumns({ columns: 120 })).toBe(120);
    expect(screenColumns({})).toBe(80);
    vi.stubEnv('COLUMNS', '100');
    expect(screenColumns({ columns: 120 })).toBe(100);
  });

  it('is never so small that text is unreadable', () => {
    vi.stubEnv('COLUMNS', '3');
    expect(screenColumns()).toBe(40);
  });
});

describe('fitted text', () => {
  const words = fc.array(fc.stringMatching(/^[a-z日]{1,12}$/), { minLength: 1, maxLength: 60 });

  it('has the same words, in lines that are as long as allowed', () =>
    fc.assert(
      fc.property(words, fc.integer({ min: 40, max: 100 }), (given, columns) => {
        const text = given.join(' ');
        const lines = fitted(text, { columns }).split('\n');
        expect(lines.join(' ')).toBe(text);
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
      }),
    ));

  it.each([
    'Set it back, then look again, once the run has ended: npm run ops -- watermark set --stream alerts --to 2026-01-31T12:00:00Z --yes',
    'Nothing can be done here without one: look at "npm run ops -- status --local --region eu-west-1" before you go on.',
    'Give another region, or deploy the forwarder there (npx cdk deploy ValenceForwarder --all) and wait for it.',
    `For a run on this machine take this, as it is: VALENCE_API_PROFILE='{"itemsPath": "data", "alerts": {"path": "/a b"}}' npm run doctor`,
    `What may change something is not sent. To allow it, add --send-keys-to 'POST https://api.example.com/search {"a": "b c"}'`,
  ])('has whole commands: %s', (text) => {
    const [whole = ''] = /npm run ops[^"]*(?=")|npx [^)]*|VALENCE.*|--send.*|npm run ops.*/.exec(text) ?? [];
    const lines = fitted(text, { columns: 60 }).split('\n');

    expect(lines.filter((line) => line.includes(whole))).toHaveLength(1);
    for (const line of lines) if (!line.includes(whole)) expect(widthOf(line)).toBeLessThanOrEqual(60);
    expect(lines.join(' ')).toBe(text);
  });

  it('ends a command at a punctuation mark, and sentences around it in words', () => {
    const text =
      'Deploy this version with npx cdk deploy --all, and if that fails look into the runbook, which has a section for it.';

    expect(fitted(text, { columns: 50 }).split('\n')).toEqual([
      'Deploy this version with npx cdk deploy --all, and',
      'if that fails look into the runbook, which has a',
      'section for it.',
    ]);
  });

  it('continues a line where it began, below the text of a list', () => {
    expect(fitted(`  - ${'word '.repeat(12).trim()}`, { columns: 40 })).toBe(
      `  - ${'word '.repeat(7).trim()}\n    ${'word '.repeat(5).trim()}`,
    );
    expect(fitted('word '.repeat(12).trim(), { columns: 40, hang: 4 })).toBe(
      `${'word '.repeat(8).trim()}\n    ${'word '.repeat(4).trim()}`,
    );
  });

  it('leaves lines of JSON as they are', () => {
    const json = JSON.stringify({ text: 'word '.repeat(30), list: ['word '.repeat(30)] }, null, 2);

    expect(fitted(json, { columns: 40 })).toBe(json);
  });

  it('measures foreign text as it is printed', () => {
    const lines = fitted(`${'\x1b[2J '.repeat(20)}end`, { columns: 40 }).split('\n');

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  });
});

it('takes time in proportion to the text, whatever a foreign one repeats', () => {
  for (const piece of ['AAA=b ', "AAA='b ", 'npm run ', '"npx ', "--a 'b ", '-', "'", '(aws '])
    expect(fitted(piece.repeat(20_000), { columns: 80 }).length).toBeGreaterThan(0);
});
