/** Where the code reads the version: package.json is no part of what is deployed. */
export const VERSION_FILE = 'lambda/shared/version.ts';

/** The text of that file. */
export const versionModule = (version: string): string =>
  `/** Version of this product, which every log and request carries. \`npm run docs\` writes this file from package.json. */
export const VERSION = '${version}';
`;
