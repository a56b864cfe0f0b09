import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Project, parseProject, readProject, runbookOf } from '../../../infra/project/project.ts';
import { PROJECT_FILES } from '../../../infra/project/project-files.ts';

const project = readProject();
const EMPTY = parseProject('{}');
const FILLED: Project = {
  repository: 'https://github.example/security/forwarder',
  homepage: 'https://forwarder.example',
  owners: ['@ann', '@security/feeds', 'bob@example.com'],
  securityContact: 'report@example.com',
  supportAddress: 'https://chat.example/forwarder',
};

/** A file as these values make it of the one that is in the repository. */
function written(path: string, values: Partial<Project>): string {
  const write = PROJECT_FILES[path];
  if (!write) throw new Error(`No writer of ${path}.`);
  return write({ ...EMPTY, ...values }, existsSync(path) ? readFileSync(path, 'utf8') : '');
}

/** The text between the marks of this name. */
const between = (name: string, text: string) =>
  new RegExp(`<!-- ${name}:begin -->\n(.*)\n<!-- ${name}:end -->`, 's').exec(text)?.[1];

it.each(Object.entries(PROJECT_FILES))('%s agrees with project.json (`npm run docs`)', (path, write) => {
  const text = readFileSync(path, 'utf8');

  expect(text).toBe(write(project, text));
});

describe('with all values', () => {
  it('package.json names repository, homepage and issues, and keeps everything else', () => {
    const before = JSON.parse(written('package.json', {}));
    const { repository, homepage, bugs, ...rest } = JSON.parse(written('package.json', FILLED));

    expect(repository).toEqual({
      type: 'git',
      url: 'git+https://github.example/security/forwarder.git',
    });
    expect(homepage).toBe('https://forwarder.example');
    expect(bugs).toEqual({ url: 'https://github.example/security/forwarder/issues' });
    expect(rest).toEqual(before);
  });

  it('package.json names an e-mail address for support', () => {
    const { bugs } = JSON.parse(written('package.json', { supportAddress: 'help@example.com' }));

    expect(bugs).toEqual({ email: 'help@example.com' });
  });

  it('CODEOWNERS gives every file to the owners', () => {
    const lines = written('.github/CODEOWNERS', FILLED).split('\n');

    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      '* @ann @security/feeds bob@example.com',
    ]);
  });

  it('the page of a new issue links to private reports and to support', () => {
    const { blank_issues_enabled, contact_links } = parse(
      written('.github/ISSUE_TEMPLATE/config.yml', FILLED),
    );

    expect(blank_issues_enabled).toBe(false);
    expect(contact_links.map(({ name, url }: { name: string; url: string }) => [name, url])).toEqual([
      ['Vulnerability', 'https://github.example/security/forwarder/security/advisories/new'],
      ['Support', 'https://chat.example/forwarder'],
    ]);
  });

  it('SECURITY.md and SUPPORT.md say where to write', () => {
    expect(between('security-contact', written('SECURITY.md', FILLED))).toBe(
      '[Open a private report](https://github.example/security/forwarder/security/advisories/new), or contact <report@example.com>.',
    );
    expect(between('support-address', written('SUPPORT.md', FILLED))).toBe(
      '[Open an issue](https://github.example/security/forwarder/issues/new/choose), or contact <https://chat.example/forwarder>.',
    );
  });

  it('alarms link to the runbook in the repository', () => {
    expect(runbookOf(FILLED)).toBe('https://github.example/security/forwarder/blob/main/docs/runbook.md');
  });
});

describe('without values', () => {
  it('invents no address and no owner', () => {
    expect(JSON.parse(written('package.json', {}))).not.toHaveProperty('repository');
    expect(JSON.parse(written('package.json', {}))).not.toHaveProperty('homepage');
    expect(JSON.parse(written('package.json', {}))).not.toHaveProperty('bugs');
    expect(written('.github/CODEOWNERS', {})).toBe('# `npm run docs` writes this file from project.json.\n');
    expect(parse(written('.github/ISSUE_TEMPLATE/config.yml', {}))).toEqual({
      blank_issues_enabled: false,
    });
    expect(between('security-contact', written('SECURITY.md', {}))).toBe(
      'Use "Report a vulnerability" on the security page of the repository.',
    );
    expect(between('support-address', written('SUPPORT.md', {}))).toBe('Open an issue in the repository.');
    // A path into a repository is no link.
    expect(runbookOf(EMPTY)).toBeUndefined();
  });

  it.each(Object.keys(PROJECT_FILES))('%s loses what it showed before', (path) => {
    const write = PROJECT_FILES[path];

    expect(write?.(EMPTY, written(path, FILLED))).toBe(written(path, {}));
  });
});

it('no page names a repository of this project but the one of project.json', () => {
  const pages = ['.', 'docs', '.github']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: folder !== '.', encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((path) => /\.(md|ya?ml)$/.test(path));
  const named = pages.flatMap(
    (path) =>
      readFileSync(path, 'utf8').match(/https:\/\/[\w.-]+\/[\w.-]+\/valence-datadog-forwarder/g) ?? [],
  );

  expect(pages.length).toBeGreaterThan(10);
  expect(named.filter((address) => address !== project.repository)).toEqual([]);
});

describe('project.json', () => {
  it('is refused with everything that is wrong with it', () => {
    const wrong = {
      repository: 'git@github.example:security/forwarder.git',
      homepage: 'forwarder.example',
      owners: ['ann'],
      securityContact: 'the maintainers',
      supportAddress: 'http://chat.example',
      author: 'Ann',
    };

    expect(() => parseProject(JSON.stringify(wrong))).toThrow(
      [
        'project.json is not valid:',
        '  repository: is not of the form https://host/owner/name, without .git at its end',
        '  homepage: is not an https URL',
        '  owners.0: is neither @user, nor @organisation/team, nor an e-mail address',
        '  securityContact: is neither an e-mail address nor an https URL',
        '  supportAddress: is neither an e-mail address nor an https URL',
        '  Unrecognized key: "author"',
      ].join('\n'),
    );
  });

  it('treats an empty value as an unknown place', () => {
    const values = { repository: '', homepage: '', owners: [], securityContact: '', supportAddress: '' };

    expect(parseProject(JSON.stringify(values))).toEqual(values);
  });

  it.each(['https://github.com/security/forwarder.git', 'https://github.com/security/forwarder/'])(
    'takes no repository %s, to which paths are appended',
    (repository) => {
      expect(() => parseProject(JSON.stringify({ repository }))).toThrow('repository');
    },
  );
});
