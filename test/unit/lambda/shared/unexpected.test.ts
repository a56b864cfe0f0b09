import { describe, expect, it } from 'vitest';
import { unexpected } from '../../../../lambda/shared/unexpected.ts';

describe('what is shown of an unexpected error', () => {
  it('is its name and the place in the code', () => {
    expect(unexpected(new TypeError('secret'))).toMatch(/^TypeError \(unexpected\.test\.ts:\d+:\d+\)$/);
  });

  it('is the place in the code here when one of Node threw', () => {
    const thrown = () => {
      try {
        Buffer.alloc(-1);
      } catch (error) {
        return error;
      }
    };
    expect(unexpected(thrown())).toMatch(/^RangeError \(unexpected\.test\.ts:\d+:\d+\)$/);
  });

  it('is nothing that its message holds, even where that looks like a call', () => {
    const error = new Error('a\n    at leak (planted.js:1:2)');
    expect(unexpected(error)).toMatch(/^Error \(unexpected\.test\.ts:\d+:\d+\)$/);
    error.message = 'b';
    error.stack = 'Error: planted.js:1:2';
    expect(unexpected(error)).toBe('Error');
  });

  it('is its name alone without a stack, and its type when it is no error', () => {
    const error = new Error('a');
    delete error.stack;
    expect(unexpected(error)).toBe('Error');
    expect(unexpected('planted.js:1:2')).toBe('string');
  });
});
