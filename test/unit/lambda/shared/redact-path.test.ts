import { describe, expect, it } from 'vitest';
import { parseRedactPath, redactPathProblem } from '../../../../lambda/shared/redact-path.ts';

describe('a path', () => {
  it.each([
    ['actor', ['actor']],
    ['alert.events[*].aux', ['alert', 'events', expect.any(Symbol), 'aux']],
    ['alert.aux["Target[3]"]["a.b"]', ['alert', 'aux', 'Target[3]', 'a.b']],
    ['alert.Version@odata', ['alert', 'Version@odata']],
  ])('%s is read', (text, steps) => {
    expect(parseRedactPath(text)).toEqual(steps);
    expect(redactPathProblem(text)).toBeUndefined();
  });

  it.each(['', '.', 'alert.', 'alert..x', 'alert.events[3]', 'alert.events[', 'alert x', '[*]'])(
    '"%s" is refused, because it is none',
    (text) => {
      expect(redactPathProblem(text)).toBe('is not a path');
    },
  );

  it.each([
    'events[*].aux',
    'Actor',
    'alert',
    'ddtags',
    'service',
    'valence_forwarder',
    'valence_forwarder.fingerprint',
    'extra.owner',
    'valence_forwarder.primary_event.actr.name',
    'valence_forwarder.extr.owner',
    'message.text',
  ])('%s is refused, because it could never match or identifies the log', (text) => {
    expect(redactPathProblem(text)).toContain('names nothing');
  });

  it.each([
    ['alert.alertType', 'alert_type_details'],
    ['alert.alertType.owner', 'alert_type_details'],
    ['alert["alertType"].owner', 'alert_type_details'],
    ['valence_forwarder.extra.actor', 'actor'],
  ])('%s is refused, because a log has it elsewhere', (text, place) => {
    expect(redactPathProblem(text)).toBe(`is at ${place} in a log`);
  });

  it.each([
    ['events[*].aux', 'alert.events[*].aux'],
    ['Actor', 'actor'],
    ['ipAdress', 'ipAddress'],
    ['email', 'alert.events[*].actorUser.email'],
    ['valence_forwarder.primary_event.actr.name', 'valence_forwarder.primary_event.actor.name'],
  ])('%s is refused with the near one: %s', (text, near) => {
    expect(redactPathProblem(text)).toBe(
      `names nothing that can be removed from a log; did you mean ${near}?`,
    );
  });
});
