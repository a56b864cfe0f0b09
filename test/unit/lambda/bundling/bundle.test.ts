import { buildSync } from 'esbuild';
import { expect, it } from 'vitest';
import { forwarderBundle, installerBundle } from '../../../../lambda/bundling/bundle.ts';
import { bundleSize } from '../../../support/bundle-size.ts';

/** Every kilobyte is read and parsed at each cold start. */
const MAX_KIB_AT_START = 590;

/** With what is read only when needed. */
const MAX_KIB = 720;

it('the artefact stays as small as it is, and a cold start reads only what each run needs', () => {
  const { start, all } = bundleSize();

  expect(start).toBeGreaterThan(0);
  expect(start).toBeLessThanOrEqual(MAX_KIB_AT_START);
  expect(all).toBeLessThanOrEqual(MAX_KIB);
});

it.each([
  ['forwarder', forwarderBundle],
  ['installer', installerBundle],
])('the %s has the small zod alone', (_, bundle) => {
  const { inputs } = buildSync({ ...bundle('unused'), write: false, metafile: true }).metafile;
  const files = Object.keys(inputs);

  expect(files.filter((path) => path.includes('zod/v4/mini/'))).not.toEqual([]);
  expect(files.filter((path) => path.includes('zod/v4/classic/'))).toEqual([]);
});
