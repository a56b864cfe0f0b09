import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readCommentedJson } from '../../support/commented-json.ts';

interface Launch {
  name: string;
  program: string;
  args?: string[];
}

it('VS Code starts programs that exist: a seed, the local run, the open test file', () => {
  const { configurations, inputs } = readCommentedJson('.vscode/launch.json');
  const programs = (configurations as Launch[]).map(({ program }) =>
    program.replace(/^\$\{workspaceFolder\}\//, ''),
  );

  expect(programs).toEqual([
    'test/simulation/cli.ts',
    'tools/run-locally/start.ts',
    'node_modules/vitest/vitest.mjs',
  ]);
  for (const program of programs) expect(existsSync(program)).toBe(true);
  const asked = inputs.map(({ id }: { id: string }) => `\${input:${id}}`);
  expect(configurations[0].args).toEqual(['--seed', ...asked]);
});

it('editors keep to the line width and the indentation of Biome', () => {
  const { formatter } = JSON.parse(readFileSync('biome.json', 'utf8'));
  const editorconfig = readFileSync('.editorconfig', 'utf8');

  expect(editorconfig).toContain(`indent_size = ${formatter.indentWidth}`);
  expect(editorconfig).toContain(`[*.{ts,mjs,json}]\nmax_line_length = ${formatter.lineWidth}`);
});
