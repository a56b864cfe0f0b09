import { expect, it } from 'vitest';
import EndpointCache from '../../../../lambda/bundling/endpoint-cache.ts';

it('the cache of endpoints takes a capacity and answers as the one that it replaces', () => {
  const cache = new EndpointCache(1000);

  expect(cache.has('key')).toBe(false);
  cache.set('key', []);
  expect(cache.get('key')).toEqual([]);
});
