import type { Shipped } from './shipped.ts';

const HEADING = `# Third-party notices

The functions and the commands of this package contain code of these packages. \`sbom.cdx.json\` lists them with their hashes.

Countries of addresses: this product includes IP2Location LITE data available from <https://lite.ip2location.com>.
`;

/**
 * The page that names every package in ours, with its licence. Packages of one text share it.
 * @param textOf licence and notices of a package, as it brings them; empty if it brings none
 */
export function notices(shipped: readonly Shipped[], textOf: (folder: string) => string): string {
  const byText = new Map<string, string[]>();
  for (const { folder, name, version, license } of shipped) {
    const text = textOf(folder).trim();
    const line = `- ${name} ${version} (${license})`;
    byText.set(text, [...(byText.get(text) ?? []), line]);
  }
  const sections = [...byText].map(([text, lines]) => {
    const quoted =
      text === ''
        ? 'They bring no text of their licence.'
        : `\`\`\`text\n${text.replaceAll('```', "'''")}\n\`\`\``;
    return `${[...new Set(lines)].join('\n')}\n\n${quoted}\n`;
  });
  return [HEADING, ...sections].join('\n');
}
