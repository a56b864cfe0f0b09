import { describe, expect, it } from 'vitest';
import { buildLog } from '../../../../../../../lambda/forwarder/core/logs/build.ts';
import { personField } from '../../../../../../../lambda/forwarder/core/logs/redact/person-fields.ts';
import { redaction } from '../../../../../../../lambda/forwarder/core/logs/redact/redact.ts';
import { alertSource, LOG_CONTEXT, SECRET } from '../../../../../../support/core-records.ts';
import { NOW } from '../../../../../../support/outside-world.ts';

const messageWithout = (path: string, event: object, summaryLine: string) =>
  buildLog(
    alertSource({ summaryLine, events: [event] }),
    { ...LOG_CONTEXT, redaction: redaction({ remove: [path], hash: [] }, SECRET) },
    NOW,
  ).message;

describe('a name is found in', () => {
  it.each([
    { name: { value: 'Ada Lovelace' } },
    { name: { full: ['Ada Lovelace'] } },
    { name: { parts: { all: 'Ada Lovelace' } } },
    { owner: { value: 'Ada Lovelace' } },
    { value: 'Ada Lovelace' },
    { 'Name (full)': 'Ada Lovelace' },
    ...[
      ...[
        'actorName',
        'ownerName',
        'createdBy',
        'created_by',
        'lastModifiedBy',
        'approvedByName',
        'user.name',
      ],
      ...['userName2', 'user_name', 'USER_NAME', 'UserPrincipalName', 'samaccountname', 'handle', 'identity'],
      ...['alias', 'aliases', 'targetUser', 'fileOwners', 'assignee', 'useremail', 'signInName', 'User ID'],
    ].map((field) => ({ [field]: 'Ada Lovelace' })),
  ])('a person with %j', (actorUser) => {
    expect(
      messageWithout('alert.events[*].actorUser', { actorUser }, 'Shared by Ada Lovelace with Bob'),
    ).toBe('Shared by [redacted] with Bob');
  });

  it('an object that a path names', () => {
    const event = { actorUser: { name: { written: 'Ada Lovelace' } } };
    expect(messageWithout('alert.events[*].actorUser.name', event, 'By Ada Lovelace')).toBe('By [redacted]');
  });
});

it.each([
  'actionName',
  'roleName',
  'eventId',
  'ipAddress',
  'userAgent',
  'userType',
  'sortBy',
  'standby',
  'factor',
  'valid',
  'x'.repeat(101),
  '',
  '[0]',
  '名',
])('%s is not the name of a field for people', (field) => {
  expect(personField(field)).toBeUndefined();
});

it('what else an object for a person holds is not one', () => {
  const aux = { user: { type: 'human', role: { title: 'reader' }, name: 'Ada Lovelace' } };
  expect(messageWithout('alert.events[*].aux', { aux }, 'A human reader, Ada Lovelace')).toBe(
    'A human reader, [redacted]',
  );
});
