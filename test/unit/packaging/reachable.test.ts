import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { importsOf, reachable } from '../../../packaging/reachable.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'reachable-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

it('follows imports, exports, side effects, types in place and aliases', () => {
  const folder = folderWith({
    'a/index.js': "import { b } from '../b.js';\nexport * from './c.js';\nimport 'zod';\nimport '#code';",
    'b.js': "import './a/index.js';",
    'a/c.js': '',
    'code.js': '',
    'unused.js': '',
  });

  expect(reachable(folder, ['a/index.js'], { '#code': './code.js' }).sort()).toEqual([
    './code.js',
    'a/c.js',
    'a/index.js',
    'b.js',
  ]);
});

it('goes from declarations to declarations', () => {
  const folder = folderWith({
    'index.d.ts': 'import type { B } from \'./b.js\';\nexport declare const c: import("./c.js").C;',
    'b.d.ts': '',
    'c.d.ts': '',
  });

  expect(reachable(folder, ['index.d.ts'], {})).toEqual(['index.d.ts', 'b.d.ts', 'c.d.ts']);
});

it('takes no sentence for an import', () => {
  expect(importsOf('description: "Gets one from \\"Main\\" and imports none", `from "x"`')).toEqual([]);
});
