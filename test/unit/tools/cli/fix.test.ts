import { expect, it } from 'vitest';
import { fixHere } from '../../../../tools/cli/fix.ts';

it.each([
  [
    'If it passes, do nothing: the next run continues from here. Otherwise check the status page of your Datadog site.',
    'Try again in a minute. Otherwise check the status page of your Datadog site.',
  ],
  [
    'Nothing is lost; the next run continues. If it persists, check the region of the bucket.',
    'Try again in a minute. If it persists, check the region of the bucket.',
  ],
  ['Nothing to do: the next run continues from the saved watermark.', 'Try again in a minute.'],
  ['Create a new key, and store it.', 'Create a new key, and store it.'],
])('%s', (fix, here) => {
  expect(fixHere(fix)).toBe(here);
});
