import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { forwarderBundle } from '../../../../lambda/bundling/bundle.ts';

/** Every kilobyte is read and parsed at each cold start. */
const MAX_KIB = 800;

it('the artefact stays as small as it is', async () => {
  const { outputFiles = [] } = await build({ ...forwarderBundle('dist/forwarder'), write: false });
  const artefact = outputFiles.find(({ path }) => path.endsWith('index.mjs'));

  expect((artefact?.contents.length ?? Number.POSITIVE_INFINITY) / 1024).toBeLessThanOrEqual(MAX_KIB);
});
