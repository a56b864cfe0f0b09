import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { expect, it } from 'vitest';
import { forwarderBundle, installerBundle, withoutSourceMaps } from '../../../../lambda/bundling/bundle.ts';

/** Puts a comment of several lines at the beginning of each of the project's own files. */
const COMMENTED: Plugin = {
  name: 'commented',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/lambda\/.*\.ts$/ }, async ({ path }) => ({
      contents: `/*\n * A comment\n */\n${await readFile(path, 'utf8')}`,
      loader: 'ts',
    })),
};

it.each([
  ['forwarder', forwarderBundle],
  ['content installer', installerBundle],
])('a comment changes nothing of what is deployed of the %s', async (_, bundle) => {
  const filesOf = async (plugins: Plugin[]) => {
    const options = withoutSourceMaps(bundle('dist/deployed'));
    const { outputFiles } = await build({ ...options, plugins, write: false });
    return outputFiles.map(({ path, hash }) => `${basename(path)} ${hash}`);
  };

  expect(await filesOf([COMMENTED])).toEqual(await filesOf([]));
});
