import { describe, expect, it } from 'vitest';
import { buildLog } from '../../../../../../../lambda/forwarder/core/logs/build.ts';
import { redaction } from '../../../../../../../lambda/forwarder/core/logs/redact/redact.ts';
import { sentenceParts } from '../../../../../../../lambda/forwarder/core/logs/redact/sentences.ts';
import { auditSource, LOG_CONTEXT, SECRET } from '../../../../../../support/core-records.ts';
import { NOW } from '../../../../../../support/outside-world.ts';

const REDACTION = redaction({ remove: ['actor'], hash: [] }, SECRET);

/** Details and message of an audit record whose actor is removed. */
function textsWithout(actor: string, details: string) {
  const log = buildLog(auditSource({ actor, details }), { ...LOG_CONTEXT, redaction: REDACTION }, NOW);
  return [log['details'], log.message];
}

describe('a sentence that is like a known one is searched as a whole', () => {
  it.each([
    'Transferred token of NAME to GitHub connector named "prod"',
    'Assigned NAME as owner of a Slack connector named "prod"',
    'Moved connection of NAME to Slack connector from "a" to "b" via method "API"',
    'Uploaded data file "a" of kind "b" to a copy for NAME of Slack connector named "prod"',
    'Deleted one more token that NAME made for Slack connector named "prod"',
    'NAME deleted Slack connector named "prod"',
    'Deleted "NAME" Slack connector named "prod"',
    'Deleted NAME’s Slack connector named "prod"',
    'NAME\'s Slack connector named "prod"',
    'Deleted all of the many NAME GitHub connector named "prod"',
  ])('%s', (sentence) => {
    for (const name of ['Ada Lovelace', 'ada@example.com', 'Lovelace', 'ada＠example.com']) {
      const expected = sentence.replace('NAME', '[redacted]');
      expect(textsWithout(name, sentence.replace('NAME', name))).toEqual([expected, expected]);
    }
  });

  it('where an address is the activity, the role or the method', () => {
    for (const sentence of [
      'NAME Slack connector named "prod"',
      'NAME API Key "prod" for "robot"',
      'Updated user bob to role "NAME" with access to Duo "Main"',
      'Created user bob with role "helper of Ada, Bo, Eve and NAME" with access to Duo "Main"',
      'Deleted Slack connector named "prod" via method "NAME"',
      'Renamed Slack connector from "a" to "b" via method "key of Bo, Eve and NAME"',
    ])
      expect(textsWithout('ada@example.com', sentence.replace('NAME', 'ada@example.com'))[0]).toBe(
        sentence.replace('NAME', '[redacted]'),
      );
  });
});

it.each([
  ['Microsoft', 'Deleted Microsoft Sentinel connector named "SIEM" via method "API"'],
  ['connector', 'Created Microsoft 365 connector named "Main"'],
  ['Directory', 'Re-enabled Azure Active Directory (Entra) connector from "a" to "b"'],
  ['with role', 'Created user bob with role "one more of the many roles" with access to Duo "Main"'],
  ['to role', 'Updated user bob to role "lead of all, and more" with access to Duo "Main"'],
  ['Read only', 'Updated user bob to role "Read only" with access to Duo "Main"'],
])('the words of Valence stay whatever people are called: %s', (actor, details) => {
  expect(textsWithout(actor, details)).toEqual([details, details]);
});

it('the parts of a known sentence are the sentence', () => {
  const sentence = 'Deleted Microsoft Sentinel connector named "SIEM" via method "API Key"';
  const parts = sentenceParts(sentence) ?? [];
  expect(parts.map(({ text }) => text).join('')).toBe(sentence);
  expect(parts.filter(({ chosen }) => chosen)).toEqual([{ text: 'SIEM', chosen: true }]);
});
