import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const NAME = 'forwarder';
const VERSION = '1.2.0';
const TARBALL = `${NAME}-${VERSION}.tgz`;
const FILES = [TARBALL, `${NAME}-${VERSION}.cdx.json`];

/** Notes the call. npm has the version whose hash is in the file `published`. */
const STAND_IN = `#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
if [ "$1" = view ]; then cat published; fi
`;

/** A commit with its tag, and what a dry run has left. `npm` and `gh` are stand-ins that note their calls. */
function builtRelease({ tag = `v${VERSION}` } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  for (const path of ['.ci', 'programs', 'dist/release']) mkdirSync(join(folder, path), { recursive: true });
  cpSync('.ci/release', join(folder, '.ci/release'));
  write('package.json', JSON.stringify({ name: NAME, version: VERSION }));
  for (const program of ['npm', 'gh']) {
    write(`programs/${program}`, STAND_IN);
    chmodSync(join(folder, 'programs', program), 0o755);
  }
  for (const file of FILES) write(`dist/release/${file}`, file);
  const sums = FILES.map((file) => `${createHash('sha256').update(file).digest('hex')}  ${file}\n`);
  write('dist/release/SHA256SUMS', sums.join(''));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'release');
  git('tag', tag);
  const calls = join(folder, 'calls');
  write('calls', '');
  return {
    write,
    remove: (path: string) => rmSync(join(folder, path)),
    upload: () => {
      const PATH = `${join(folder, 'programs')}${delimiter}${process.env['PATH']}`;
      const { status, stderr, stdout } = spawnSync('bash', ['.ci/release', '--upload'], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, PATH, CALLS: calls },
      });
      return { status, output: stdout + stderr, calls: readFileSync(calls, 'utf8').trim().split('\n') };
    },
  };
}

const VIEW = `npm view ${NAME}@${VERSION} dist.integrity`;
const PUBLISH = `npm publish ./dist/release/${TARBALL} --access public --provenance --ignore-scripts`;
const RELEASE = `gh release create v${VERSION} --verify-tag --title ${VERSION} --notes-file dist/release/NOTES.md dist/release/${TARBALL} dist/release/${FILES[1]} dist/release/SHA256SUMS`;

it('uploads what was built: to npm with provenance, then as a release of the repository', () => {
  expect(builtRelease().upload()).toMatchObject({ status: 0, calls: [VIEW, PUBLISH, RELEASE] });
});

it('a repeated run leaves the version alone that npm has', () => {
  const release = builtRelease();
  release.write('published', `sha512-${createHash('sha512').update(TARBALL).digest('base64')}\n`);

  expect(release.upload()).toMatchObject({ status: 0, calls: [VIEW, RELEASE] });
});

it('stops when npm has the version with another content', () => {
  const release = builtRelease();
  release.write('published', `sha512-${createHash('sha512').update('another').digest('base64')}\n`);
  const { status, output, calls } = release.upload();

  expect({ status, calls }).toEqual({ status: 1, calls: [VIEW] });
  expect(output).toContain(`npm has another ${NAME}@${VERSION}: raise the version.`);
});

it('uploads nothing of a commit without the tag of its version', () => {
  const { status, output, calls } = builtRelease({ tag: 'v1.2.1' }).upload();

  expect({ status, calls }).toEqual({ status: 1, calls: [''] });
  expect(output).toContain(`The commit has no tag v${VERSION}.`);
});

it('uploads nothing when a file is not the one that was built', () => {
  const release = builtRelease();
  release.write(`dist/release/${TARBALL}`, 'changed');
  const { status, output, calls } = release.upload();

  expect({ status, calls }).toEqual({ status: 1, calls: [''] });
  expect(output).toContain(`${TARBALL}: FAILED`);
});

it('says what to do when nothing was built', () => {
  const release = builtRelease();
  release.remove('dist/release/SHA256SUMS');
  const { status, output, calls } = release.upload();

  expect({ status, calls }).toEqual({ status: 1, calls: [''] });
  expect(output).toContain('make them with .ci/release --dry-run');
});

it('an unknown option shows the options', () => {
  const { status, stderr } = spawnSync('bash', ['.ci/release', '--publish'], { encoding: 'utf8' });

  expect(status).toBe(2);
  expect(stderr).toContain('.ci/release --dry-run');
});
