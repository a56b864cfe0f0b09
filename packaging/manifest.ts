import { COMMANDS } from './commands.ts';

type Versions = Readonly<Record<string, string>>;

/** package.json, as far as it is read or written here. */
export interface Manifest {
  name: string;
  version: string;
  dependencies: Versions;
  peerDependencies?: Versions;
  imports?: Readonly<Record<string, { packed: string }>>;
  [field: string]: unknown;
}

/** Fields that mean the same in the package as in a checkout. */
const SAME = [
  'name',
  'version',
  'description',
  'license',
  'repository',
  'homepage',
  'bugs',
  'type',
  'engines',
];

/** The first version of the CDK that `npm run test:package` synthesises with; the repository's own is the last that is tested. */
export const OLDEST_CDK = '2.270.0';

const KEYWORDS = ['aws-cdk', 'cdk', 'datadog', 'lambda', 'logs', 'siem', 'valence-security'];

/** Entries of the package, without their ends. */
export const ENTRIES = { '.': 'infra/index', './content': 'infra/content' };

/** What TypeScript and Node.js load. */
const entry = (path: string) => ({ types: `./${path}.d.ts`, default: `./${path}.js` });

/** What the compiler makes of a source file. */
const compiled = (path: string) => path.replace(/\.ts$/, '.js');

/** The package that an import names: `aws-cdk-lib` of `aws-cdk-lib/aws-s3`. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/**
 * Packages that compiled code imports, without those of Node.js.
 * @param specifiers names in its imports
 */
export const importedPackages = (specifiers: readonly string[]): Set<string> =>
  new Set(specifiers.filter((name) => !/^([.#]|node:)/.test(name)).map(packageOf));

/** What takes the place of an import in the package. Bundled code has nothing left of such an import. */
export const packedImports = ({ imports = {} }: Manifest): Record<string, string> =>
  Object.fromEntries(
    Object.entries(imports)
      .map(([name, { packed }]) => [name, compiled(packed)] as const)
      .filter(([, path]) => path.startsWith('./infra/')),
  );

/**
 * package.json of the package.
 * @param own package.json of the repository
 * @param cdk package.json of aws-cdk-lib, which states the versions of `constructs` that it works with
 * @param imported what the compiled constructs import
 * @param files files and folders of the package
 * @throws {Error} when a package is imported that is no dependency of the repository
 */
export function packedManifest(
  own: Manifest,
  cdk: Manifest,
  imported: ReadonlySet<string>,
  files: readonly string[],
) {
  const versionOf = (name: string) => {
    const version = own.dependencies[name];
    if (version === undefined) throw new Error(`package.json: "dependencies" must name ${name}.`);
    return `^${version}`;
  };
  // One copy of each in an app: constructs of two copies do not know each other.
  const peerDependencies = {
    'aws-cdk-lib': `^${OLDEST_CDK}`,
    constructs: cdk.peerDependencies?.['constructs'] ?? versionOf('constructs'),
  };
  const others = [...imported].filter((name) => !(name in peerDependencies)).sort();
  return {
    ...Object.fromEntries(SAME.filter((field) => field in own).map((field) => [field, own[field]])),
    name: own.name,
    version: own.version,
    keywords: KEYWORDS,
    // For compilers and programs that know no exports.
    main: `./${ENTRIES['.']}.js`,
    types: `./${ENTRIES['.']}.d.ts`,
    exports: {
      ...Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, entry(path)])),
      './package.json': './package.json',
    },
    imports: packedImports(own),
    bin: Object.fromEntries(Object.keys(COMMANDS).map((name) => [name, `bin/${name}.js`])),
    files,
    sideEffects: false,
    peerDependencies,
    dependencies: Object.fromEntries(others.map((name) => [name, versionOf(name)])),
  };
}
