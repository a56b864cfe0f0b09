import { expect, it } from 'vitest';
import { canUseProxy } from '../../../../lambda/shared/egress-proxy.ts';

it.each([
  ['20.19.0', false],
  ['22.21.0', false],
  ['24.4.1', false],
  ['24.5.0', true],
  ['24.11.0', true],
  ['26.0.0', true],
])('Node %s can use a proxy: %s', (version, expected) => {
  expect(canUseProxy(version)).toBe(expected);
});
