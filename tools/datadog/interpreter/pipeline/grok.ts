import { NotModelled } from '../not-modelled.ts';

/** What the matchers match. Source: Datadog documentation, "Parsing". */
const MATCHERS: Readonly<Record<string, string>> = {
  data: String.raw`[\s\S]*?`,
  greedyData: String.raw`[\s\S]*`,
  notSpace: String.raw`\S+`,
  word: String.raw`\b\w+\b`,
};

const TEXT = String.raw`"(?:[^"\\]|\\.)*"`;
const REFERENCE = new RegExp(
  String.raw`%\{(?<matcher>\w+)(?:\((?<pattern>${TEXT})\))?(?::(?<path>[\w.]+)(?::(?<filter>\w+)(?:\((?<brackets>${TEXT}), (?<separator>${TEXT})\))?)?)?\}`,
  'g',
);

interface Capture {
  path: string;
  /** What is made of the text. */
  filter: (text: string) => string | string[];
}

interface Rule {
  pattern: RegExp;
  captures: readonly Capture[];
}

/** A text between quotes. Other escapes than that of a quote are not modelled: it is not certain how Datadog reads them. */
function textIn(quoted: string): string {
  const text = quoted.slice(1, -1);
  if (/\\[^"]/.test(text)) throw new NotModelled(`an escape other than \\" in the grok text ${quoted}`);
  return text.replaceAll('\\"', '"');
}

function matcherPattern(matcher: string, pattern: string | undefined): string {
  if (matcher === 'regex' && pattern) return textIn(pattern);
  const known = pattern === undefined && Object.hasOwn(MATCHERS, matcher) ? MATCHERS[matcher] : undefined;
  if (known === undefined) throw new NotModelled(`the grok matcher ${matcher}`);
  return known;
}

function filterOf(groups: Readonly<Record<string, string | undefined>>): Capture['filter'] {
  const { filter, brackets, separator } = groups;
  if (filter === undefined) return (text) => text;
  if (filter === 'lowercase' && brackets === undefined) return (text) => text.toLowerCase();
  if (filter !== 'array' || brackets !== '""' || separator === undefined) {
    throw new NotModelled(`the grok filter ${filter} with ${brackets}`);
  }
  const between = textIn(separator);
  return (text) => text.split(between);
}

function compile(line: string): Rule {
  const rule = line.slice(line.indexOf(' ') + 1);
  const captures: Capture[] = [];
  const source = rule.replace(REFERENCE, (...match) => {
    const groups = match.at(-1) as Record<string, string | undefined>;
    const { matcher = '', path } = groups;
    const pattern = matcherPattern(matcher, groups['pattern']);
    if (path === undefined) return `(?:${pattern})`;
    captures.push({ path, filter: filterOf(groups) });
    return `(?<capture${captures.length - 1}>${pattern})`;
  });
  if (source.includes('%{')) throw new NotModelled(`the grok rule ${line}`);
  return { pattern: new RegExp(`^(?:${source})$`), captures };
}

const compiledRules = new Map<string, readonly Rule[]>();

/** The rules of one parser are read for thousands of logs. */
function compiled(rules: string): readonly Rule[] {
  const known = compiledRules.get(rules) ?? rules.split('\n').map(compile);
  compiledRules.set(rules, known);
  return known;
}

/**
 * The attributes that the first matching rule extracts from a text; none if no rule matches. A rule must match the whole
 * text, and empty captures are left out.
 * @param rules one a line: a name, a space, the rule
 * @throws {NotModelled} for matchers, filters and escapes that are not modelled
 */
export function grok(rules: string, text: string): [path: string, value: string | string[]][] {
  for (const { pattern, captures } of compiled(rules)) {
    const match = pattern.exec(text);
    if (!match) continue;
    return captures.flatMap(({ path, filter }, index): [string, string | string[]][] => {
      const value = match.groups?.[`capture${index}`];
      if (!value) return [];
      return [[path, filter(value)]];
    });
  }
  return [];
}
