import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { API_DOCUMENT, withApi } from '../../../infra/api-page.ts';

const page = readFileSync(API_DOCUMENT, 'utf8');

describe(API_DOCUMENT, () => {
  it('shows the exports of the package as they are (`npm run docs` brings it up to date)', () => {
    expect(page).toBe(withApi(page));
  });

  it('says what every member means', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));

    expect(rows.length).toBeGreaterThan(80);
    expect(rows.filter((row) => row.endsWith('|  |'))).toEqual([]);
  });
});
