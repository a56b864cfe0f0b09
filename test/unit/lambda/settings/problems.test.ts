import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { setting, settingProblems } from '../../../../lambda/settings/problems.ts';

const schema = z.object({
  url: setting(z.string().check(z.refine(() => false, { error: 'is refused' })), {
    description: '',
    allowed: 'none',
  }),
});

/** What is shown of a refused value. */
function shown(url: string): string | undefined {
  const { error } = schema.safeParse({ url });
  const [problem] = error ? settingProblems(schema, error, { url }) : [];
  return / = "(.*)": is refused/.exec(problem ?? '')?.[1];
}

it.each([
  ['https://app.example.com/v1', 'https://app.example.com/v1'],
  ['https://user:secret@host/a', 'https:...@host/a'],
  ['https://user:sec@ret@host/a', 'https:...@host/a'],
  ['https://user:sec?ret#@host/a', 'https:...@host/a'],
  ['https://host/a?key=secret', 'https://host/a?...'],
  ['https://host/a#secret', 'https://host/a#...'],
  ['https://user:secret@host/a?key=secret#secret', 'https:...@host/a?...'],
  ['a: b? c', 'a: b? c'],
  ['a?b', 'a?b'],
])('of %s a message shows %s', (url, expected) => {
  expect(shown(url)).toBe(expected);
});
