import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sectionsOf, withVersionLinks } from '../../../infra/project/changelog.ts';
import { VERSION_FILE, versionModule } from '../../../infra/project/version-file.ts';

const REPOSITORY = 'https://host.example/a/b';
const BARE = '# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-12-01\n\n- B\n\n## 0.1.0 - 2026-01-01\n\n- A\n';

/** What an entry may be about, in this order. */
const GROUPS = ['Breaking', 'Added', 'Changed', 'Fixed', 'Security'];

describe('CHANGELOG.md', () => {
  const sections = sectionsOf(readFileSync('CHANGELOG.md', 'utf8'));
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

  it('has a place for what comes next, then the version of package.json', () => {
    expect(sections.slice(0, 2).map(({ title }) => title)).toEqual(['Unreleased', version]);
    for (const { date } of sections.slice(1)) expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it.each(sections)('$title: groups its entries, what breaks first', ({ text }) => {
    const groups = [...text.matchAll(/^### (.+)$/gm)].map(([, group = '']) => group);

    expect(groups).toEqual(GROUPS.filter((group) => groups.includes(group)));
  });
});

describe('the headings of a changelog', () => {
  it('link to the differences between versions where the repository has an address', () => {
    const linked = withVersionLinks(BARE, REPOSITORY);

    expect(linked).toContain('## [Unreleased]\n');
    expect(linked).toContain('## [0.2.0] - 2026-12-01\n');
    expect(linked.split('\n').slice(-4)).toEqual([
      `[Unreleased]: ${REPOSITORY}/compare/v0.2.0...HEAD`,
      `[0.2.0]: ${REPOSITORY}/compare/v0.1.0...v0.2.0`,
      `[0.1.0]: ${REPOSITORY}/releases/tag/v0.1.0`,
      '',
    ]);
    expect(withVersionLinks(linked, REPOSITORY)).toBe(linked);
  });

  it('are plain while it has none', () => {
    expect(withVersionLinks(BARE, '')).toBe(BARE);
    expect(withVersionLinks(withVersionLinks(BARE, REPOSITORY), '')).toBe(BARE);
  });

  it('are read with and without links', () => {
    const sections = [
      { title: 'Unreleased', date: undefined, text: '' },
      { title: '0.2.0', date: '2026-12-01', text: '- B' },
      { title: '0.1.0', date: '2026-01-01', text: '- A' },
    ];

    expect(sectionsOf(BARE)).toEqual(sections);
    expect(sectionsOf(withVersionLinks(BARE, REPOSITORY))).toEqual(sections);
    expect(sectionsOf('# Changelog\n')).toEqual([]);
  });
});

it('the code has the version of package.json (`npm run docs`)', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

  expect(readFileSync(VERSION_FILE, 'utf8')).toBe(versionModule(version));
});
