import { describe, expect, it } from 'vitest';
import { secretOf, versionTag } from '../../../../../../lambda/forwarder/core/ledger/salt.ts';
import { fingerprintOf } from '../../../../../../lambda/forwarder/core/records/identity.ts';

describe('the tag of a version', () => {
  it('differs from run to run, so that an attacker cannot know which versions would collide', () => {
    const salts = ['one', 'other'].map((owner) => secretOf(owner).salt);
    const tags = salts.map((salt) => versionTag(salt, fingerprintOf('v')));

    expect(new Set([...tags, fingerprintOf('v').slice(0, 16)]).size).toBe(3);
    expect(tags.every((tag) => /^[0-9a-f]{16}$/.test(tag))).toBe(true);
  });
});
