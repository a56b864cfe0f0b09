import { expect, it } from 'vitest';
import { contentItems } from '../../../../infra/datadog/content.ts';

/** What is replaced by values of the logs; `{{#is_alert}}` and the like decide and show nothing, `{{eval}}` gives a number. */
const VARIABLE = /\{\{(?![#/^]|eval )[^}]*\}\}/g;

/** Code spans by CommonMark: a run of backticks up to the next run of the same length. */
const CODE_SPAN = /(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g;

/** A title is plain text, and a link is an address. */
const NO_MARKDOWN = new Set(['signalTitleTemplate', 'link']);

/** Every text of a value with the name of its field. */
function textsIn(value: unknown, field = ''): [field: string, text: string][] {
  if (typeof value === 'string') return [[field, value]];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, Array.isArray(value) ? field : key));
}

const texts = contentItems()
  .filter(({ kind }) => kind !== 'pipeline')
  .flatMap(({ kind, key, body }) =>
    textsIn(body)
      .filter(([field, text]) => !NO_MARKDOWN.has(field) && text.search(VARIABLE) >= 0)
      .map(([field, text]) => ({ place: `${kind} ${key} ${field}`, text })),
  );

/** What a text shows as Markdown, outside of code, when its variables have this value. */
const outsideOfCode = (text: string, value: string) =>
  text.replace(VARIABLE, () => value).replace(CODE_SPAN, '');

it('there are texts with values of the logs', () => {
  expect(texts.length).toBeGreaterThan(15);
});

it.each(texts)('$place shows values of the logs as code', ({ text }) => {
  for (const value of [
    'planted',
    '[planted](https://example.com)',
    '![planted](https://example.com/x.png)',
    '@planted',
    '**planted** <b>planted</b>',
    'O`planted [planted](https://example.com)',
  ]) {
    expect(outsideOfCode(text, value)).not.toContain('planted');
  }
});
