import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { sectionsOf } from '../infra/project/changelog.ts';
import { readProject } from '../infra/project/project.ts';
import { VERSION } from '../lambda/shared/version.ts';
import { printError, printLine } from '../tools/cli/terminal.ts';
import { releaseReadiness } from './release-state.ts';

/**
 * Part of `.ci/release`: checks that tag, version and changelog agree, and writes the notes of the release into the folder that is given.
 * The exit code is 1 when they do not, and 2 when only steps are open that a dry run does not need.
 */

const OPEN_STEPS = 2;

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trimEnd();

const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
const changelog = sectionsOf(readFileSync('CHANGELOG.md', 'utf8'));
const { problems, open } = releaseReadiness({
  version,
  lockedVersion: JSON.parse(readFileSync('package-lock.json', 'utf8')).version,
  ownVersion: VERSION,
  repository: readProject().repository,
  changelog,
  tags: git('tag', '--points-at', 'HEAD').split('\n'),
  changes: git('status', '--porcelain'),
});
for (const problem of problems) printError(problem);
for (const step of open) printLine(`Before the release: ${step}`);
if (problems.length > 0) process.exitCode = 1;
else if (open.length > 0) process.exitCode = OPEN_STEPS;

const [, , folder] = process.argv;
const notes = changelog.find(({ title }) => title === version)?.text;
if (folder !== undefined && notes !== undefined) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/NOTES.md`, `${notes}\n`);
}
