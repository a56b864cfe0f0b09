import { expect, it } from 'vitest';
import { bundleSize } from '../../../support/bundle-size.ts';

/** Every kilobyte is read and parsed at each cold start. */
const MAX_KIB_AT_START = 720;

/** With what is read only when needed. */
const MAX_KIB = 840;

it('the artefact stays as small as it is, and a cold start reads only what each run needs', () => {
  const { start, all } = bundleSize();

  expect(start).toBeGreaterThan(0);
  expect(start).toBeLessThanOrEqual(MAX_KIB_AT_START);
  expect(all).toBeLessThanOrEqual(MAX_KIB);
});
