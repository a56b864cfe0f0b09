import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { readProject } from '../infra/project/project.ts';
import { bundleAll } from './bundles.ts';
import { inPackage } from './commands.ts';
import { ENTRIES, importedPackages, type Manifest, packedImports, packedManifest } from './manifest.ts';
import { notices } from './notices.ts';
import { packedPage } from './page.ts';
import { importsOf, reachable } from './reachable.ts';
import { billOfMaterials } from './sbom.ts';
import { shippedPackages } from './shipped.ts';

/** Entry of `npm run package`: writes what `npm pack` packs into dist/package/. */

const FOLDER = 'dist/package';

/** Files that the constructs read. */
const READ_BY_CONSTRUCTS = ['project.json', 'docs/runbook.md'];

/** Pages for people, by their names in the package. */
const PAGES = { 'README.md': 'docs/package.md', 'CHANGELOG.md': 'CHANGELOG.md' };

const { resolve: find } = createRequire(import.meta.url);

const read = (path: string): string => readFileSync(path, 'utf8');
const readManifest = (path: string): Manifest => JSON.parse(read(path));

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** Every file of the package whose name ends in one of these ways. */
const filesOf = (folder: string, ends: RegExp): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => ends.test(name))
    .map((name) => join(folder, name));

/** The compiler leaves the names of source files in declarations. */
const withCompiledNames = (declarations: string): string =>
  declarations.replaceAll(/\b((?:from |import ?\(?)(['"])\.{1,2}\/[\w./-]+)\.ts\2/g, '$1.js$2');

/**
 * Compiles the constructs, and keeps what their users load.
 * @returns packages that this imports
 */
function compile(aliases: Readonly<Record<string, string>>): Set<string> {
  const tsc = resolve(dirname(find('typescript/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'packaging'], { stdio: 'inherit' });
  for (const path of filesOf(FOLDER, /\.d\.ts$/)) writeFileSync(path, withCompiledNames(read(path)));
  const entries = (end: string) => Object.values(ENTRIES).map((path) => path + end);
  const kept = [
    ...reachable(FOLDER, entries('.js'), aliases),
    ...reachable(FOLDER, entries('.d.ts'), aliases),
  ].map((path) => join(FOLDER, path));
  for (const path of filesOf(FOLDER, /\.(js|d\.ts)$/)) if (!kept.includes(path)) rmSync(path);
  return importedPackages(kept.flatMap((path) => importsOf(read(path))));
}

/** Licence and notices that a package brings, in files or in a folder of this name. */
const licenceTexts = (folder: string): string =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => /^(licen[cs]e|copying|notice)/i.test(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
    })
    .map(read)
    .join('\n\n');

/** Commands are named as the package has them, in help texts, errors and the runbook on the dashboard. */
function nameCommands(): void {
  for (const path of filesOf(FOLDER, /\.(js|mjs|d\.ts|md)$/)) {
    const text = read(path);
    const named = inPackage(text);
    if (named !== text) writeFileSync(path, named);
  }
}

// Files of a package are readable by everyone, and only their owner may change them.
process.umask(0o022);
process.chdir(resolve(import.meta.dirname, '..'));
rmSync(FOLDER, { recursive: true, force: true });
const own = readManifest('package.json');
const imported = compile(packedImports(own));
const shipped = shippedPackages(await bundleAll(FOLDER), JSON.parse(read('package-lock.json')));
for (const path of ['LICENSE', ...READ_BY_CONSTRUCTS]) cpSync(path, join(FOLDER, path));
nameCommands();
for (const [name, path] of Object.entries(PAGES)) {
  writeFileSync(join(FOLDER, name), packedPage(path, read(path), own.version, readProject()));
}
writeFileSync(join(FOLDER, 'THIRD-PARTY-NOTICES.md'), notices(shipped, licenceTexts));
writeFileSync(join(FOLDER, 'sbom.cdx.json'), json(billOfMaterials(own, shipped)));
const manifest = packedManifest(
  own,
  readManifest(find('aws-cdk-lib/package.json')),
  imported,
  readdirSync(FOLDER),
);
writeFileSync(join(FOLDER, 'package.json'), json(manifest));
