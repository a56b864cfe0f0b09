// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are code that is looked for
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CallExpression,
  type NewExpression,
  parseSync,
  type TemplateLiteral,
  Visitor,
} from 'oxc-parser';
import { check } from 'recheck';
import { expect, it } from 'vitest';
import known from './safe-patterns.json' with { type: 'json' };

/** The checker counts its steps. With a limit of time the verdict would depend on the machine. */
const UNTIMED = { timeout: null, attackTimeout: null, incubationTimeout: null };

/**
 * For patterns that the code builds at run time: what may come in place of an expression. Foreign text never may, because it
 * could make a slow pattern.
 */
const EXAMPLES: Readonly<Record<string, string>> = {
  ACCOUNT: String.raw`\d{12}`,
  KIND_OF_NAME: 'real|first',
  OF_A_PERSON: 'user|mail',
  "OWN_START.replace('[', '\\\\[')": String.raw`\u001b\[123456789;`,
  PARTITION: '(aws|aws-cn)',
  REGION: String.raw`[a-z]{2,4}(-[a-z]+){1,2}-\d`,
  SAFE_DIGITS: '15',
  SEPARATORS: "!#$%&'*/=?^{|}~",
  SPACED_LETTER: String.raw`(?![\p{sc=Han}\p{sc=Thai}])[\p{L}\p{M}\p{N}]`,
  TEXT: String.raw`"(?:[^"\\]|\\.)*"`,
  UNSPACED: String.raw`\p{sc=Han}\p{sc=Thai}`,
  WEEKDAY: '[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT',
  field: 'creationTimestamp',
  place: String.raw`[a-z]{2,4}(-[a-z]+){1,2}-\d:(aws|\d{12})`,
  prefix: 'subnet',
  resource: String.raw`key/(mrk-[0-9a-f]{32}|[\w+=,.@/-]+)`,
  service: 'kms',
};

/** Built patterns that are not checked, with the reason. */
const UNCHECKED: Readonly<Record<string, string>> = {
  'lambda/forwarder/core/logs/redact/addresses.ts: UNSEEN': 'It copies a pattern that is written out.',
  'tools/datadog/interpreter/pipeline/grok.ts: `^(?:${source})$`': 'The rules are part of this project.',
  'tools/doctor/openapi/described-parameters.ts: time': 'It copies a pattern that is written out.',
};

/**
 * Patterns that take the checker half a second or more each, and that this version of it has found safe: its verdict on the same
 * text is the same. `PATTERNS=all` checks them again.
 */
function knownSafe(): ReadonlySet<string> {
  const { version } = JSON.parse(readFileSync('node_modules/recheck/package.json', 'utf8'));
  return new Set(version === known.checker && process.env['PATTERNS'] !== 'all' ? known.patterns : []);
}

/** Those of {@link UNCHECKED} that a file has. */
const left = new Set<string>();

interface Pattern {
  /** Where it is, for people. */
  place: string;
  source: string;
  flags: string;
}

/** The patterns of a file, those included that it builds. */
function patternsIn(file: string, text: string): Pattern[] {
  const code = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
  const found: Pattern[] = [];

  function add(source: string, flags: string) {
    found.push({ place: `${file}: /${source}/${flags}`, source, flags });
  }

  /** The text of a template, each expression in it replaced by its example. */
  function exampleOf({ quasis, expressions }: TemplateLiteral, form: 'raw' | 'cooked'): string {
    return quasis
      .map(({ value }, index) => {
        const expression = expressions[index];
        if (!expression) return value[form];
        const example = EXAMPLES[code(expression)];
        if (example === undefined) throw new Error(`${file}: no example of ${code(expression)}`);
        return `${value[form]}${example}`;
      })
      .join('');
  }

  function addBuilt({ callee, arguments: [pattern, flags] }: NewExpression | CallExpression) {
    if (callee.type !== 'Identifier' || callee.name !== 'RegExp' || !pattern) return;
    const place = `${file}: ${code(pattern)}`;
    if (place in UNCHECKED) {
      left.add(place);
      return;
    }
    const flagsText = flags?.type === 'Literal' ? String(flags.value) : '';
    if (pattern.type === 'TemplateLiteral') add(exampleOf(pattern, 'cooked'), flagsText);
    else if (pattern.type === 'TaggedTemplateExpression') add(exampleOf(pattern.quasi, 'raw'), flagsText);
    else throw new Error(`${file}: it is not known which patterns ${code(pattern)} makes`);
  }

  new Visitor({
    Literal(node) {
      if ('regex' in node) add(node.regex.pattern, node.regex.flags);
    },
    NewExpression: addBuilt,
    CallExpression: addBuilt,
  }).visit(parseSync(file, text).program);
  return found;
}

/** Those that need more time than a multiple of the text's length, or of which the checker cannot say it. */
async function slowOf(patterns: readonly Pattern[]): Promise<string[]> {
  // The first call starts the checker's process. Calls before it runs would start one each.
  await check('', '', UNTIMED);
  const verdicts = await Promise.all(
    patterns.map(async ({ place, source, flags }) => {
      const verdict = await check(source, flags, UNTIMED);
      if (verdict.status === 'safe') return [];
      return `${place}: ${verdict.status === 'vulnerable' ? verdict.attack.pattern : verdict.error.kind}`;
    }),
  );
  return verdicts.flat();
}

it('no pattern takes longer than in proportion to its text', { timeout: 900_000 }, async () => {
  const files = ['lambda', 'tools'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.m?[jt]sx?$/.test(name))
      .map((name) => join(folder, name)),
  );
  const patterns = files.flatMap((file) => patternsIn(file, readFileSync(file, 'utf8')));
  expect(patterns.length).toBeGreaterThan(150);
  expect([...left].sort()).toEqual(Object.keys(UNCHECKED).sort());

  // The same pattern in two files gets one verdict.
  const different = new Map(patterns.map((pattern) => [`/${pattern.source}/${pattern.flags}`, pattern]));
  const safe = knownSafe();
  const unknown = [...different].filter(([text]) => !safe.has(text)).map(([, pattern]) => pattern);
  expect(await slowOf(unknown)).toEqual([]);
  expect(known.patterns.filter((text) => !different.has(text))).toEqual([]);
});

it('slow patterns are found, written out or built', async () => {
  const text = [
    String.raw`text.replace(/\/+$/, '');`,
    'const inUrl = /:[^"]*@/g;',
    '/^(?!a)([.-][a-z0-9-]+)+$/.test(text);',
    'RegExp(String.raw`\\s*\\n$`, "m");',
    'new RegExp(`^([a-z]|${prefix})+$`);',
    'new RegExp(`^${prefix}[a-z]+$`);',
    String.raw`/^\w+$/.test(text);`,
  ].join('\n');
  const slow = await slowOf(patternsIn('file.ts', text));

  expect(slow.map((line) => line.split(': ')[1])).toEqual([
    String.raw`/\/+$/`,
    '/:[^"]*@/g',
    '/^(?!a)([.-][a-z0-9-]+)+$/',
    String.raw`/\s*\n$/m`,
    '/^([a-z]|subnet)+$/',
  ]);
});

it('a pattern of foreign text is refused', () => {
  expect(() => patternsIn('file.ts', 'new RegExp(text)')).toThrow(
    'it is not known which patterns text makes',
  );
  expect(() => patternsIn('file.ts', 'RegExp(`a${text}`)')).toThrow('no example of text');
});
