import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOG_PIPELINE } from '../../../../infra/datadog/pipeline.ts';
import { processLog } from '../../../../tools/datadog/interpreter/process-log.ts';

/** What the pipeline reads out of the sentence of an audit log. */
function parsed(details: string): Record<string, unknown> {
  const { attributes } = processLog(
    [LOG_PIPELINE],
    { ddsource: 'valence-security', service: 'audit-logs', message: details, details },
    { now: 0 },
  );
  return attributes;
}

const PIECES = [
  'a',
  'Z',
  '0',
  ' ',
  '"',
  ',',
  ', ',
  '.',
  '. ',
  '(',
  ')',
  '\\',
  '%{',
  '*',
  "'",
  'é',
  'ß',
  '漢',
  '🛡',
  '\n',
  'to',
  'named',
  'user',
  'Policy name: ',
  'connector',
];

/** What people call things: any text, but not the very words that the sentence puts after a name. */
const nameBefore = (...following: string[]) =>
  fc
    .string({ unit: fc.constantFrom(...PIECES), minLength: 1, maxLength: 12 })
    .filter((name) => following.every((words) => !`${name}"`.includes(words)));

const kind = fc.constantFrom('Okta', 'Google Workspace', 'Microsoft 365', 'Custom (CSV)', 'Été');

describe('every name is read whole, with any characters', () => {
  it.each(['Created', 'Deleted', 'Updated'])('%s user', (activity) => {
    const link = activity === 'Updated' ? 'to' : 'with';
    fc.assert(
      fc.property(
        nameBefore(` ${link} role "`),
        nameBefore('" with access to '),
        nameBefore(),
        (username, role, permission_sets) => {
          const details = `${activity} user ${username} ${link} role "${role}" with access to all platforms and permission sets ${permission_sets}`;
          expect(parsed(details)).toEqual({
            user_change_details: { activity, username, role, platforms: ['all platforms'], permission_sets },
          });
        },
      ),
    );
  });

  it.each(['Created', 'Updated', 'Disabled'])('%s policy', (activity) => {
    fc.assert(
      fc.property(
        nameBefore('. Policy name: "'),
        nameBefore('". Platform: "'),
        kind,
        nameBefore(),
        (type, name, platform, instances) => {
          const details = `${activity} a policy on ${type}. Policy name: "${name}". Platform: "${platform}". Instance(s): "${instances}"`;
          expect(parsed(details)).toEqual({
            policy_change_details: { activity, type, name, platform, instances },
          });
        },
      ),
    );
  });

  it.each(['Created', 'Deleted'])('%s connector', (activity) => {
    fc.assert(
      fc.property(kind, nameBefore(), (type, name) => {
        expect(parsed(`${activity} ${type} connector named "${name}"`)).toEqual({
          connector_change_details: { activity, type, name },
        });
      }),
    );
  });

  it('renamed connector', () => {
    fc.assert(
      fc.property(kind, nameBefore('" to "'), nameBefore(), (type, old_name, new_name) => {
        expect(parsed(`Renamed ${type} connector from "${old_name}" to "${new_name}"`)).toEqual({
          connector_change_details: { activity: 'Renamed', type, old_name, new_name },
        });
      }),
    );
  });

  it('authenticated connector', () => {
    fc.assert(
      fc.property(kind, nameBefore('" via method "'), nameBefore(), (type, name, method) => {
        expect(parsed(`Authenticated ${type} connector named "${name}" via method "${method}"`)).toEqual({
          connector_change_details: { activity: 'Authenticated', type, name, method },
        });
      }),
    );
  });

  it('uploaded data', () => {
    fc.assert(
      fc.property(nameBefore('" of kind "'), kind, kind, nameBefore(), (file_name, dataKind, type, name) => {
        const details = `Uploaded data file "${file_name}" of kind "${dataKind}" to a ${type} connector named "${name}"`;
        expect(parsed(details)).toEqual({
          connector_details: { file_name, kind: dataKind, type, name },
        });
      }),
    );
  });

  it('created API key', () => {
    fc.assert(
      fc.property(nameBefore('" for "'), nameBefore(), (name, service_user) => {
        expect(parsed(`Created API Key "${name}" for "${service_user}"`)).toEqual({
          api_key_change_details: { activity: 'Created', name, service_user },
        });
      }),
    );
  });
});

describe('the platforms that a user may see', () => {
  const platforms = (list: string) =>
    (
      parsed(`Created user bob with role "Admin" with access to ${list} and permission sets A, B`) as {
        user_change_details?: { platforms?: unknown };
      }
    ).user_change_details?.platforms;

  it('are a list, with any character except a comma in the names', () => {
    const platform = fc.tuple(kind, nameBefore(',')).map(([type, name]) => `${type} "${name}"`);
    fc.assert(
      fc.property(fc.array(platform, { minLength: 1, maxLength: 5 }), (list) => {
        expect(platforms(list.join(', '))).toEqual(list);
      }),
    );
  });

  it('stay one value when a comma in a name makes the list ambiguous', () => {
    expect(platforms('Duo "Paris, France", Okta "Main"')).toEqual(['Duo "Paris, France", Okta "Main"']);
  });

  it('of one connector are one value, also with a comma in its name', () => {
    expect(platforms('Duo "Paris, France"')).toEqual(['Duo "Paris, France"']);
  });
});

it.each([
  '',
  'Created',
  'created Okta connector named "Main"',
  'Paused Okta connector named "Main"',
  'Created Okta connector named "Main" today',
  'Today: Created Okta connector named "Main"',
  'Exported report "Main" as PDF',
])('a sentence of another form gives nothing: %s', (details) => {
  expect(parsed(details)).toEqual({});
});
