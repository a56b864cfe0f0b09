import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { AlarmKind, PageKind } from '../../lambda/contract.ts';

/** The file that states where the project lives and who looks after it. */
const PROJECT_FILE = 'project.json';

/** A value of this form, or none yet. */
const known = (form: z.ZodMiniType<string>, error: string) =>
  z._default(z.union([z.literal(''), form], { error }), '');

const httpsUrl = (error: string) => z.url({ protocol: /^https$/, error });

const HOME = 'is not an https URL';
const REPOSITORY = 'is not of the form https://host/owner/name, without .git at its end';
const CONTACT = 'is neither an e-mail address nor an https URL';

const owner = z.string().check(
  z.regex(/^(@[\w.-]+(\/[\w.-]+)?|[\w.+-]+@[\w.-]+)$/, {
    error: 'is neither @user, nor @organisation/team, nor an e-mail address',
  }),
);

const projectSchema = z.strictObject({
  /** Repository on GitHub or GitHub Enterprise: `https://host/owner/name`. */
  repository: known(
    z.string().check(z.regex(/^https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+(?<!\.git)$/, { error: REPOSITORY })),
    REPOSITORY,
  ),
  homepage: known(httpsUrl(HOME), HOME),
  /** Users, teams or e-mail addresses, as CODEOWNERS takes them. */
  owners: z._default(z.array(owner), []),
  /** Where a vulnerability can be reported, in addition to GitHub's private reports. */
  securityContact: known(z.union([z.email(), httpsUrl(CONTACT)]), CONTACT),
  /** Where users get help, in addition to the issues. */
  supportAddress: known(z.union([z.email(), httpsUrl(CONTACT)]), CONTACT),
});

/** Home, owners and addresses of the project. What is empty is left out wherever it would appear. */
export type Project = z.infer<typeof projectSchema>;

/**
 * Reads home, owners and addresses.
 * @param text JSON
 * @throws {Error} that names every value that is wrong, and why
 */
export function parseProject(text: string): Project {
  const parsed = projectSchema.safeParse(JSON.parse(text), { error: z.locales.en().localeError });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `  ${path.join('.')}: ${message}` : `  ${message}`,
  );
  throw new Error(`${PROJECT_FILE} is not valid:\n${problems.join('\n')}`);
}

/** The project that this checkout belongs to. */
export const readProject = (): Project =>
  parseProject(readFileSync(new URL(`../../${PROJECT_FILE}`, import.meta.url), 'utf8'));

const RUNBOOK = 'docs/runbook.md';

/** Address of the runbook; undefined while the repository is not known. */
export const runbookOf = ({ repository }: Project): string | undefined =>
  repository ? `${repository}/blob/main/${RUNBOOK}` : undefined;

/** Heading of the section of the runbook about an alarm: `Not running`. */
export const headingOf = (kind: AlarmKind | PageKind): string =>
  (kind.charAt(0).toUpperCase() + kind.slice(1)).replaceAll('-', ' ');
