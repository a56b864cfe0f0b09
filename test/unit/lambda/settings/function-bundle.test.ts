import { readdirSync } from 'node:fs';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { forwarderBundle } from '../../../../lambda/bundling/bundle.ts';

it('only settings of the function are in its bundle', async () => {
  const { metafile } = await build({ ...forwarderBundle('unused'), write: false, metafile: true });
  const settings = Object.keys(metafile.inputs).filter((path) => path.startsWith('lambda/settings/'));

  for (const file of readdirSync('lambda/settings/function')) {
    expect(settings).toContain(`lambda/settings/function/${file}`);
  }
  expect(settings.filter((path) => /\/(deployment|content)\b/.test(path))).toEqual([]);
  expect(Object.keys(metafile.inputs).filter((path) => path.includes('aws-cdk-lib'))).toEqual([]);
});
