import { resolve } from 'node:path';
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import {
  API,
  type Checker,
  type Symbol as Named,
  NodeBuilderFlags,
  SignatureKind,
  SymbolFlags,
  type Type,
} from 'typescript/unstable/sync';
import { withTable } from './document-table.ts';

/** The page that describes what the npm package exports. */
export const API_DOCUMENT = 'docs/api.md';

const PROJECT = 'packaging/tsconfig.json';

/** The entries of the package, by the marks of their parts of the page. */
const ENTRIES = { constructs: 'infra/index.ts', content: 'infra/content.ts' } as const;

const HIDDEN: readonly SyntaxKind[] = [SyntaxKind.PrivateKeyword, SyntaxKind.ProtectedKeyword];

/** Private members count as properties of a class, too. */
const isPublic = ({ valueDeclaration }: Named): boolean => {
  const { modifiers = [] } = (valueDeclaration?.resolve() ?? {}) as { modifiers?: Iterable<Node> };
  return ![...modifiers].some(({ kind }) => HIDDEN.includes(kind));
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();

const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

/** Characters of an object's type that a table has room for. */
const LONGEST_OBJECT = 100;

/** Tags of doc comments, as sentences after the comment. */
const WORDS: Readonly<Record<string, (text: string) => string>> = {
  default: (text) => `Default: ${text}.`,
  throws: (text) => `Throws ${text.replace(/^\{?(\w+)\}?/, '`$1`')}.`,
  param: (text) => text.replace(/^(\w+)\s*/, '`$1`: ').concat('.'),
};

/** Writes the parts of the page from the doc comments. */
class Page {
  readonly #checker: Checker;

  constructor(checker: Checker) {
    this.#checker = checker;
  }

  #comment(named: Named): string {
    const tags = named
      .getJsDocTags(this.#checker)
      .flatMap(({ name, text = '' }) => WORDS[name]?.(text.trim()) ?? []);
    return cell([named.getDocumentationComment(this.#checker), ...tags].join(' ')).replaceAll(
      /\{@link (\w+)\}/g,
      '`$1`',
    );
  }

  /** A type in short: whether it may be left out is in its comment. */
  #type(type: Type | undefined): string {
    const text = type
      ? this.#checker.typeToString(type, undefined, NodeBuilderFlags.NoTruncation)
      : 'unknown';
    const short = text.replaceAll(/import\("[^"]*"\)\./g, '').replace(/ \| undefined$/, '');
    // docs/configuration.md describes what such an object holds.
    if (short.length > LONGEST_OBJECT && short.includes('{'))
      return short.endsWith('[]') ? 'object[]' : 'object';
    return short;
  }

  #row(member: Named): string {
    const type = this.#checker.getTypeOfSymbol(member);
    const [signature] = type ? this.#checker.getSignaturesOfType(type, SignatureKind.Call) : [];
    if (!signature || !(member.flags & SymbolFlags.Method))
      return `| ${code(member.name)} | ${code(cell(this.#type(type)))} | ${this.#comment(member)} |`;
    const parameters = signature.getParameters().map(({ name }) => name);
    const returns = this.#type(this.#checker.getReturnTypeOfSignature(signature));
    return `| ${code(`${member.name}(${parameters.join(', ')})`)} | ${code(cell(returns))} | ${this.#comment(member)} |`;
  }

  /** The members of a type, without what the library's own base classes add. */
  #members(type: Type): string[] {
    return this.#checker
      .getPropertiesOfType(type)
      .filter(({ declarations }) => declarations.every(({ path }) => !path.includes('/node_modules/')))
      .filter(isPublic)
      .map((member) => this.#row(member));
  }

  /** A section for each export of a module. */
  sections(module: Named): string {
    return [...module.getExports().values()]
      .map((exported) => {
        const named =
          exported.flags & SymbolFlags.Alias ? this.#checker.getAliasedSymbol(exported) : exported;
        const isType = named.flags & (SymbolFlags.Class | SymbolFlags.Interface);
        const title = `### ${exported.name}`;
        if (!isType) return [title, this.#comment(named), this.#shape(named)].filter(Boolean).join('\n\n');
        const rows = this.#members(this.#checker.getDeclaredTypeOfSymbol(named));
        const table =
          rows.length > 0 ? ['| member | type | meaning |', '|---|---|---|', ...rows].join('\n') : '';
        return [title, this.#comment(named), table].filter(Boolean).join('\n\n');
      })
      .join('\n\n');
  }

  /** What a function takes and gives, or what a type stands for. */
  #shape(named: Named): string {
    const type =
      named.flags & SymbolFlags.TypeAlias
        ? this.#checker.getDeclaredTypeOfSymbol(named)
        : this.#checker.getTypeOfSymbol(named);
    return code(`${named.name}: ${this.#type(type)}`);
  }
}

/**
 * The page with its parts written again from the doc comments of the exports.
 * @param document the page as it is
 * @throws {Error} when the marks of a part are missing
 */
export function withApi(document: string): string {
  const api = new API();
  try {
    const [project] = api.updateSnapshot({ openProjects: [resolve(PROJECT)] }).getProjects();
    if (!project) throw new Error(`${PROJECT} is no project.`);
    const { program, checker } = project;
    const page = new Page(checker);
    return Object.entries(ENTRIES).reduce((text, [part, path]) => {
      const source = program.getSourceFile(resolve(path));
      const module = source && checker.getSymbolAtLocation(source);
      if (!module) throw new Error(`${path} exports nothing.`);
      return withTable(text, part, `\n${page.sections(module)}\n`);
    }, document);
  } finally {
    api.close();
  }
}
