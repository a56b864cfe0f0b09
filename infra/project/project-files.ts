import { withTable } from '../document-table.ts';
import { withVersionLinks } from './changelog.ts';
import type { Project } from './project.ts';

/** A file that shows values of the project: its new text. */
type Writer = (project: Project, text: string) => string;

const isMail = (address: string): boolean => address !== '' && !address.startsWith('https://');

/** An address as Markdown makes a link of it. */
const link = (address: string): string => `<${address}>`;

const reportPage = (repository: string): string => `${repository}/security/advisories/new`;

/** The places of home and addresses in package.json, without those that are not known. */
const packageFields = ({ repository, homepage, supportAddress }: Project) => ({
  ...(repository && { repository: { type: 'git', url: `git+${repository}.git` } }),
  ...(homepage && { homepage }),
  ...((repository || isMail(supportAddress)) && {
    bugs: {
      ...(repository && { url: `${repository}/issues` }),
      ...(isMail(supportAddress) && { email: supportAddress }),
    },
  }),
});

const packageJson: Writer = (project, text) => {
  const { repository: _, homepage: __, bugs: ___, ...rest } = JSON.parse(text);
  const fields = Object.entries(rest);
  const place = fields.findIndex(([name]) => name === 'license') + 1;
  fields.splice(place, 0, ...Object.entries(packageFields(project)));
  return `${JSON.stringify(Object.fromEntries(fields), null, 2)}\n`;
};

const GENERATED = '# `npm run docs` writes this file from project.json.';

const codeOwners: Writer = ({ owners }) =>
  [GENERATED, ...(owners.length > 0 ? [`* ${owners.join(' ')}`] : []), ''].join('\n');

const securityPolicy: Writer = ({ repository, securityContact }, text) => {
  const report = repository
    ? `[Open a private report](${reportPage(repository)})`
    : 'Use "Report a vulnerability" on the security page of the repository';
  return withTable(
    text,
    'security-contact',
    securityContact ? `${report}, or contact ${link(securityContact)}.` : `${report}.`,
  );
};

const support: Writer = ({ repository, supportAddress }, text) => {
  const ask = repository
    ? `[Open an issue](${repository}/issues/new/choose)`
    : 'Open an issue in the repository';
  return withTable(
    text,
    'support-address',
    supportAddress ? `${ask}, or contact ${link(supportAddress)}.` : `${ask}.`,
  );
};

/** Links next to the forms on the page of a new issue. GitHub accepts no e-mail address there. */
function contactLinks({ repository, securityContact, supportAddress }: Project) {
  const privately = repository ? reportPage(repository) : securityContact;
  return [
    {
      name: 'Vulnerability',
      url: privately,
      about: 'Report a vulnerability privately. Please open no public issue.',
    },
    { name: 'Support', url: supportAddress, about: 'Get help from the maintainers.' },
  ].filter(({ url }) => url.startsWith('https://'));
}

const changelog: Writer = ({ repository }, text) => withVersionLinks(text, repository);

const issueForms: Writer = (project) => {
  const links = contactLinks(project).flatMap(({ name, url, about }) => [
    `  - name: ${name}`,
    `    url: ${url}`,
    `    about: ${about}`,
  ]);
  return [
    GENERATED,
    'blank_issues_enabled: false',
    ...(links.length > 0 ? ['contact_links:', ...links] : []),
    '',
  ].join('\n');
};

/** Every file that shows home, owners or addresses, by its path. */
export const PROJECT_FILES: Readonly<Record<string, Writer>> = {
  'package.json': packageJson,
  '.github/CODEOWNERS': codeOwners,
  '.github/ISSUE_TEMPLATE/config.yml': issueForms,
  'CHANGELOG.md': changelog,
  'SECURITY.md': securityPolicy,
  'SUPPORT.md': support,
};
