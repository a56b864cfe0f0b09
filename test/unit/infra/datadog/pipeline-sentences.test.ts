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
  it.each(['Created', 'Deleted', 'Updated', 'Invited', 'Re-enabled'])('%s user', (activity) => {
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

  it.each(['Created', 'Updated', 'Disabled', 'Enabled', 'Re-enabled'])('%s policy', (activity) => {
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

  /** The method that a sentence about a connector ends with, if it does: the end of the sentence, and the attribute. */
  const ending = fc
    .option(nameBefore(), { nil: undefined })
    .map((method) =>
      method === undefined ? (['', {}] as const) : ([` via method "${method}"`, { method }] as const),
    );

  it.each(['Created', 'Deleted', 'Authenticated', 'Paused', 'Re-enabled'])('%s connector', (activity) => {
    fc.assert(
      fc.property(kind, nameBefore('" via method "'), ending, (type, name, [end, method]) => {
        expect(parsed(`${activity} ${type} connector named "${name}"${end}`)).toEqual({
          connector_change_details: { activity, type, name, ...method },
        });
      }),
    );
  });

  it.each(['Renamed', 'Relabelled'])('%s connector', (activity) => {
    fc.assert(
      fc.property(
        kind,
        nameBefore('" to "'),
        nameBefore('" via method "'),
        ending,
        (type, old_name, new_name, [end, method]) => {
          const details = `${activity} ${type} connector from "${old_name}" to "${new_name}"${end}`;
          expect(parsed(details)).toEqual({
            connector_change_details: { activity, type, old_name, new_name, ...method },
          });
        },
      ),
    );
  });

  it.each(['Uploaded', 'Replaced'])('%s data', (verb) => {
    fc.assert(
      fc.property(
        nameBefore('" of kind "'),
        kind,
        kind,
        nameBefore('" via method "'),
        ending,
        (file_name, dataKind, type, name, [end, method]) => {
          const details = `${verb} data file "${file_name}" of kind "${dataKind}" to a ${type} connector named "${name}"${end}`;
          expect(parsed(details)).toEqual({
            connector_details: { file_name, kind: dataKind, type, name, ...method },
          });
        },
      ),
    );
  });

  it('the connector of uploaded data, whatever the file is called', () => {
    const imitation = fc
      .tuple(nameBefore(), kind, kind, nameBefore(), ending)
      .map(([file, dataKind, type, name, [end]]) =>
        `${file}" of kind "${dataKind}" to a ${type} connector named "${name}"${end}`.slice(0, -1),
      );
    fc.assert(
      fc.property(
        imitation,
        kind,
        kind,
        nameBefore('" via method "'),
        ending,
        (file_name, dataKind, type, name, [end, method]) => {
          const details = `Uploaded data file "${file_name}" of kind "${dataKind}" to a ${type} connector named "${name}"${end}`;
          expect(parsed(details)).toEqual({
            connector_details: { file_name, kind: dataKind, type, name, ...method },
          });
        },
      ),
    );
  });

  it.each(['Created', 'Revoked'])('%s API key', (activity) => {
    fc.assert(
      fc.property(nameBefore('" for "'), nameBefore(), (name, service_user) => {
        expect(parsed(`${activity} API Key "${name}" for "${service_user}"`)).toEqual({
          api_key_change_details: { activity, name, service_user },
        });
      }),
    );
  });
});

describe('the platforms that a user may see', () => {
  const details = (list: string) =>
    (
      parsed(`Created user bob with role "Admin" with access to ${list} and permission sets A, B`) as {
        user_change_details: { platforms?: unknown; platform_list?: unknown };
      }
    ).user_change_details;

  it('are a list, with any character except a comma in the names', () => {
    const platform = fc.tuple(kind, nameBefore(',')).map(([type, name]) => `${type} "${name}"`);
    fc.assert(
      fc.property(fc.array(platform, { minLength: 1, maxLength: 5 }), (list) => {
        expect(details(list.join(', '))).toMatchObject({ platforms: list });
      }),
    );
  });

  it.each(['Duo "Paris, France", Okta "Main"', 'Duo "Paris, France"'])(
    'are one text of another name when a comma in a name makes the list ambiguous: %s',
    (list) => {
      expect(details(list)).toMatchObject({ platform_list: list });
      expect(details(list)).not.toHaveProperty('platforms');
    },
  );
});

it.each([
  '',
  'Created',
  'Okta connector named "Main"',
  'Created Okta connector named "Main" today',
  'Exported report "Main" as PDF',
])('a sentence of another form gives nothing: %s', (details) => {
  expect(parsed(details)).toEqual({});
});
