/** A version in the changelog. */
export interface ChangelogSection {
  /** `Unreleased`, or a version. */
  title: string;
  /** Day of the release: `2026-12-01`. */
  date: string | undefined;
  /** What has changed, without the heading. */
  text: string;
}

/** A heading is a link where the repository has an address. */
const HEADING = /^## \[?([\w.-]+)\]?(?: - (.+))?$/m;

/** Addresses that the headings link to, at the end of the file. */
const LINKS = /\n+(?:\[[\w.-]+\]: \S+\n+)+$/;

/** The versions of a changelog, in its order. */
export function sectionsOf(changelog: string): ChangelogSection[] {
  const [, ...parts] = changelog.replace(LINKS, '\n').split(HEADING);
  return Array.from({ length: parts.length / 3 }, (_, index) => {
    const [title = '', date, text = ''] = parts.slice(index * 3);
    return { title, date, text: text.trim() };
  });
}

/**
 * The changelog with headings that link to the differences on the page of the repository, or without links while it has no address.
 * @param repository `https://host/owner/name`, or empty
 */
export function withVersionLinks(changelog: string, repository: string): string {
  const bare = changelog
    .replace(LINKS, '\n')
    .replaceAll(new RegExp(HEADING, 'gm'), (_, title, date) =>
      date === undefined ? `## ${title}` : `## ${title} - ${date}`,
    );
  const titles = sectionsOf(bare).map(({ title }) => title);
  if (!repository || titles.length === 0) return bare;
  const tagOf = (title: string) => (title === 'Unreleased' ? 'HEAD' : `v${title}`);
  const links = titles.map((title, index) => {
    const former = titles[index + 1];
    const page =
      former === undefined ? `releases/tag/${tagOf(title)}` : `compare/v${former}...${tagOf(title)}`;
    return `[${title}]: ${repository}/${page}`;
  });
  return `${bare.replaceAll(new RegExp(HEADING, 'gm'), (heading, title) => heading.replace(title, `[${title}]`))}\n${links.join('\n')}\n`;
}
