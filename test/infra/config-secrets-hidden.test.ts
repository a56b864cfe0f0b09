import { describe, expect, it } from 'vitest';
import { problemsOf } from './configured.ts';

describe('keys and secrets in the wrong place', () => {
  it('a key that was pasted in the wrong place is not shown', () => {
    const key = '0f0e0d0c-0b0a-4908-8706-050403020100';
    const problems = problemsOf({ datadogSite: key, kmsKeyArn: key });
    expect(problems).toHaveLength(2);
    expect(problems.join()).toContain('datadogSite = (not shown, because it looks like a key)');
    expect(problems.join()).not.toContain(key);
  });

  it.each([
    { datadogEnv: '0f0e0d0c-0b0a-4908-8706-050403020100' },
    { datadogTeam: '0f0e0d0c0b0a49088706050403020100' },
    { tenants: [{ name: '0f0e0d0c-0b0a-4908-8706-050403020100' }] },
  ])('a key in the place of a name is refused, and not shown: %j', (context) => {
    const problems = problemsOf(context).join();

    expect(problems).toContain('looks like a key');
    expect(problems).not.toContain('0f0e0d0c');
  });

  it.each([
    { tenants: { name: 'a', existingDatadogSecret: '0123456789abcdef0123456789abcdef' } },
    { tenants: [1, 2].map(() => ({ name: 'a', existingDatadogSecret: '0123456789abcdef0123456789abcdef' })) },
    { tenants: '[{"existingDatadogSecret":"0123456789abcdef0123456789abcdef"}' },
    { tenants: '[{"name":7,"existingDatadogSecret":"0123456789abcdef0123456789abcdef"}]' },
    { valenceBaseUrl: 'https:user:0123456789abcdef0123456789abcdef@valence.example.com' },
    { valenceBaseUrl: 'https:\\\\user:0123456789abcdef0123456789abcdef@valence.example.com' },
  ])('F75 a secret in the wrong place is not shown: %j', (context) => {
    const problems = problemsOf(context).join();

    expect(problems).not.toBe('');
    expect(problems).not.toContain('0123456789abcdef');
  });
});
