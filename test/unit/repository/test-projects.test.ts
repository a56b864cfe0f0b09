import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('npm test leaves out what runs apart, by one filter: of several, Vitest runs what any of them does not match', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

  expect(scripts['test']?.match(/--project \S+/g)).toEqual(["--project '!apart-*'"]);
  for (const name of ['slow', 'browser', 'package']) {
    expect(scripts[`test:${name}`]).toContain(`--project apart-${name}`);
  }
});
