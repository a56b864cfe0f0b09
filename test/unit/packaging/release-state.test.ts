import { describe, expect, it } from 'vitest';
import { type ReleaseState, releaseReadiness } from '../../../packaging/release-state.ts';

const UNRELEASED = { title: 'Unreleased', date: undefined, text: '' };
const LATEST = { title: '1.2.0', date: '2026-12-01', text: '### Added\n\n- More.' };

const GOOD: ReleaseState = {
  version: '1.2.0',
  lockedVersion: '1.2.0',
  ownVersion: '1.2.0',
  repository: 'https://host.example/a/b',
  changelog: [UNRELEASED, LATEST],
  tags: ['v1.2.0'],
  changes: '',
};

const readiness = (different: Partial<ReleaseState>) => releaseReadiness({ ...GOOD, ...different });

it('a commit is ready if tag, version and changelog agree, and nothing differs from it', () => {
  expect(readiness({})).toEqual({ problems: [], open: [] });
});

describe('every run is refused', () => {
  it.each<[string, Partial<ReleaseState>, string]>([
    [
      'files that differ from the commit',
      { changes: ' M README.md' },
      'differs from the commit. Commit or remove:\n M README.md',
    ],
    ['the lockfile has another version', { lockedVersion: '1.1.0' }, 'package-lock.json has version 1.1.0'],
    ['the code has another version', { ownVersion: '1.1.0' }, 'lambda/shared/version.ts has version 1.1.0'],
    [
      'the tag of another version',
      { tags: ['v1.2.1'] },
      'has the tag v1.2.1, and package.json the version 1.2.0',
    ],
    ['two tags of versions', { tags: ['v1.2.0', 'v1.2.1'] }, 'has the tag v1.2.1'],
    [
      'no section of the version',
      { changelog: [UNRELEASED, { ...LATEST, title: '1.1.0' }] },
      '"1.2.0 - YYYY-MM-DD"',
    ],
    [
      'a section without a date',
      { changelog: [UNRELEASED, { ...LATEST, date: undefined }] },
      '"1.2.0 - YYYY-MM-DD"',
    ],
    ['no place for what comes next', { changelog: [LATEST] }, 'must begin with the section "Unreleased"'],
    ['no changelog', { changelog: [] }, 'must begin with the section "Unreleased"'],
  ])('%s', (_, different, problem) => {
    // Without a tag, too: a dry run finds it first.
    for (const tags of [different.tags ?? GOOD.tags, different.tags ?? []]) {
      expect(readiness({ ...different, tags }).problems.join('\n')).toContain(problem);
    }
  });
});

describe('a dry run goes on, and a release does not', () => {
  const entries = [{ ...UNRELEASED, text: '### Fixed\n\n- One.' }, LATEST];

  it.each<[string, Partial<ReleaseState>, string]>([
    ['entries that belong to no version yet', { changelog: entries }, '"Unreleased" has entries'],
    ['no repository for the provenance', { repository: '' }, 'project.json names no repository'],
  ])('%s', (_, different, step) => {
    const dry = readiness({ ...different, tags: [] });
    expect(dry.problems).toEqual([]);
    expect(dry.open.join('\n')).toContain(step);

    const tagged = readiness(different);
    expect(tagged.problems.join('\n')).toContain(step);
    expect(tagged.open).toEqual([]);
  });

  it('no tag; tags of other kinds do not count', () => {
    expect(readiness({ tags: ['nightly'] })).toEqual({
      problems: [],
      open: ['The commit has no tag v1.2.0.'],
    });
  });
});
