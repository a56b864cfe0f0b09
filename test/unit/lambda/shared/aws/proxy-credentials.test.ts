import { describe, expect, it } from 'vitest';
import { parseCredentials } from '../../../../../lambda/shared/aws/secret-value.ts';

describe('the credentials of a proxy', () => {
  it.each([
    ['user:password', 'user:password'],
    ['user:pass:word with blanks\n', 'user:pass:word with blanks'],
    ['user:', 'user:'],
    ['{"username":"user","password":"p\\"w"}', 'user:p"w'],
  ])('%j are read', (value, expected) => {
    expect(parseCredentials(value)).toBe(expected);
  });

  it.each([
    [undefined, 'secret-unusable'],
    [' ', 'secret-empty'],
    ['password', 'secret-unusable'],
    [':password', 'secret-unusable'],
    ['user:pass\nword', 'secret-unusable'],
    ['{"username":"a:b","password":"c', 'secret-unusable'],
    ['{"apiKey":"user:password"}', 'secret-unusable'],
    ['{"username":"","password":"c"}', 'secret-unusable'],
  ])('%j is refused without being shown', (value, code) => {
    const thrown = (() => {
      try {
        return parseCredentials(value);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toMatchObject({ code });
    expect(String(thrown)).not.toMatch(/pass\b|a:b/);
  });

  it('a user with a colon is refused, because the proxy would read another one', () => {
    // Everything behind the first colon is the password.
    expect(() => parseCredentials('{"username":"a:b","password":"c"}')).toThrow('username');
  });
});
