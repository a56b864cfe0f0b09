import type { ChangelogSection } from '../infra/project/changelog.ts';

/** What a release is made from. */
export interface ReleaseState {
  /** Of package.json. */
  version: string;
  /** Of package-lock.json. */
  lockedVersion: string;
  /** What functions and tools say of themselves. */
  ownVersion: string;
  /** `https://host/owner/name`, or empty. */
  repository: string;
  changelog: readonly ChangelogSection[];
  /** Tags of the commit. */
  tags: readonly string[];
  /** `git status --porcelain`: files that differ from the commit. */
  changes: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What the files of the commit contradict each other in. */
function contradictions({ version, lockedVersion, ownVersion, changelog, changes }: ReleaseState): string[] {
  const [unreleased, latest] = changelog;
  return [
    ...(changes ? [`The working tree differs from the commit. Commit or remove:\n${changes}`] : []),
    ...(lockedVersion === version
      ? []
      : [`package-lock.json has version ${lockedVersion}, package.json ${version}: run npm install.`]),
    ...(ownVersion === version
      ? []
      : [`lambda/shared/version.ts has version ${ownVersion}, package.json ${version}: run npm run docs.`]),
    ...(unreleased?.title === 'Unreleased' ? [] : ['CHANGELOG.md must begin with the section "Unreleased".']),
    ...(latest?.title === version && DAY.test(latest.date ?? '')
      ? []
      : [`CHANGELOG.md must have the section "${version} - YYYY-MM-DD" below "Unreleased".`]),
  ];
}

/** What has to be done before the commit can get its tag. */
function openSteps({ version, repository, changelog }: ReleaseState): string[] {
  return [
    ...(changelog[0]?.text
      ? [
          'CHANGELOG.md: "Unreleased" has entries. Move them into a new version, and raise that of package.json.',
        ]
      : []),
    ...(repository
      ? []
      : [
          `project.json names no repository, which the provenance of ${version} would state. Set it, and run npm run docs.`,
        ]),
  ];
}

/**
 * Whether a commit can be released.
 * @returns `problems` that stop every run, a dry one included; `open` steps, which only a release needs. A commit with the tag of a version
 *   has no open steps any more: what is missing is a problem.
 */
export function releaseReadiness(state: ReleaseState): { problems: string[]; open: string[] } {
  const tag = `v${state.version}`;
  const versionTags = state.tags.filter((name) => /^v\d/.test(name));
  const problems = contradictions(state);
  const steps = openSteps(state);
  if (versionTags.length === 0) return { problems, open: [...steps, `The commit has no tag ${tag}.`] };
  const others = versionTags.filter((name) => name !== tag);
  const wrong = others.map(
    (name) => `The commit has the tag ${name}, and package.json the version ${state.version}.`,
  );
  return { problems: [...problems, ...wrong, ...steps], open: [] };
}
