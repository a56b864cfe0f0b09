import { readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { redirectTo } from '../../../../tools/preview/open-browser.ts';

it('the address that a browser is opened with is in a file that only its user can read', () => {
  const page = redirectTo('http://127.0.0.1:1234/token/');
  onTestFinished(() => rmSync(dirname(page), { recursive: true }));

  expect(page).not.toContain('token');
  expect(readFileSync(page, 'utf8')).toContain('url=http://127.0.0.1:1234/token/"');
  expect(statSync(page).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(page)).mode & 0o777).toBe(0o700);
});
