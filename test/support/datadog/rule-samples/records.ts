import type { ChangedPart, Stream } from '../../../../lambda/contract.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';

/** Records that rules are tried with. */

export interface SampleRecord {
  stream: Stream;
  /** An alert carries its type as `alertType`. */
  record: JsonObject;
  /** What differs from the last log of the alert; undefined for a record that is forwarded for the first time. */
  changed?: readonly ChangedPart[] | undefined;
}

/** When most of the samples begin, epoch seconds. */
export const START = 1_767_000_000;

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

export const ANN = 'ann@example.com';
export const BOB = 'bob@example.com';

/** In Germany, where the organisation is. */
export const HOME = '192.0.2.7';
/** In Brazil. */
export const ABROAD = '198.51.100.9';
/** Known to threat intelligence. */
export const TOR_EXIT = '203.0.113.66';
export const BOTNET = '203.0.113.99';

/** `count` records, one each `seconds`, from `START` on. */
export const every = (
  seconds: number,
  count: number,
  make: (at: number, index: number) => SampleRecord,
): SampleRecord[] => Array.from({ length: count }, (_, index) => make(START + index * seconds, index));

interface AuditOptions {
  by?: string;
  success?: boolean;
  ip?: string;
}

/**
 * An audit record.
 * @param at epoch seconds
 */
export const audit = (
  at: number,
  action: string,
  details: string,
  { by = ANN, success = true, ip = HOME }: AuditOptions = {},
): SampleRecord => ({
  stream: 'audit-logs',
  record: { actor: by, action, success, ipAddress: ip, details, timeEpoch: at },
});

export const signIn = (at: number, options: AuditOptions = {}) =>
  audit(at, 'User signed in', `User ${options.by ?? ANN} signed in`, options);

const ACCESS = 'with access to all platforms and permission sets Default';

export const userCreated = (at: number, role = 'Viewer', options: AuditOptions = {}) =>
  audit(at, 'User created', `Created user eve@example.com with role "${role}" ${ACCESS}`, options);

export const userUpdated = (at: number, role = 'Viewer', options: AuditOptions = {}) =>
  audit(at, 'User access updated', `Updated user eve@example.com to role "${role}" ${ACCESS}`, options);

export const userDeleted = (at: number, name: string, options: AuditOptions = {}) =>
  audit(at, 'User deleted', `Deleted user ${name} with role "Viewer" ${ACCESS}`, options);

export const keyCreated = (at: number, name = 'integration', options: AuditOptions = {}) =>
  audit(at, 'API Key created', `Created API Key "${name}" for "robot@example.com"`, options);

const policy = (name: string) =>
  `a policy on Identity risks. Policy name: "${name}". Platform: "Okta". Instance(s): "Main"`;

export const policyDisabled = (at: number, name = 'MFA for everybody', options: AuditOptions = {}) =>
  audit(at, 'Policy disabled', `Disabled ${policy(name)}`, options);

export const policyUpdated = (at: number, options: AuditOptions = {}) =>
  audit(at, 'Policy created or updated', `Updated ${policy('MFA for everybody')}`, options);

/** @param activity `Created`, `Deleted` */
export const connector = (
  at: number,
  activity: 'Created' | 'Deleted',
  type: string,
  name = 'Main',
  options: AuditOptions = {},
) =>
  audit(at, `Connector ${activity.toLowerCase()}`, `${activity} ${type} connector named "${name}"`, options);

export const connectorRenamed = (at: number, type: string, options: AuditOptions = {}) =>
  audit(at, 'Connector renamed', `Renamed ${type} connector from "Main" to "Other"`, options);

export const connectorAuthenticated = (at: number, name = 'Main', options: AuditOptions = {}) =>
  audit(
    at,
    'Authenticate connector',
    `Authenticated Salesforce connector named "${name}" via method "OAuth"`,
    options,
  );

export const uploaded = (
  at: number,
  connectorName: string,
  { file = 'users.csv', ...options }: AuditOptions & { file?: string } = {},
) =>
  audit(
    at,
    'Upload data to connector',
    `Uploaded data file "${file}" of kind "Users" to a Custom connector named "${connectorName}"`,
    options,
  );

/** What an alert may tell of its actor. */
const ACTOR = {
  id: (by: string) => `id-${by}`,
  name: (by: string) => by.split('@')[0],
  email: (by: string) => by,
};

interface AlertOptions {
  vuid?: string | null;
  /** Name of the alert type; `null` for an alert whose type is not known. */
  type?: string | null;
  severity?: string;
  platform?: string;
  tactic?: string;
  technique?: string;
  /** Address of a person, or name of an app. */
  by?: string;
  byApp?: boolean;
  /** What is known of the actor; by default all, but no app has an address. */
  known?: readonly (keyof typeof ACTOR)[];
  ip?: string;
  connector?: string;
  alertStatus?: string;
  changed?: readonly ChangedPart[];
}

/**
 * An alert of one event.
 * @param at epoch seconds
 */
export function alert(
  at: number,
  {
    vuid = `alert-${at}`,
    type = 'Sensitive file shared',
    severity = 'High',
    platform = 'Okta',
    tactic = 'TA0007',
    technique = 'T1087',
    by = ANN,
    byApp = false,
    known = byApp ? ['id', 'name'] : ['id', 'name', 'email'],
    ip = HOME,
    connector: connectorUid = 'con-main',
    alertStatus = 'Open',
    changed,
  }: AlertOptions = {},
): SampleRecord {
  const actor = {
    ...{ id: '', name: '', email: '' },
    ...Object.fromEntries(known.map((fact) => [fact, ACTOR[fact](by)])),
  };
  return {
    stream: 'alerts',
    changed,
    record: {
      ...(vuid !== null && { vuid }),
      alertTypeVuid: 'at-1',
      connectorUids: [connectorUid],
      creationTimestamp: at,
      status: alertStatus,
      summaryLine: `${type} on ${platform}`,
      events: [
        {
          eventId: `event-${at}`,
          actorType: byApp ? 'App' : 'User',
          [byApp ? 'actorApp' : 'actorUser']: actor,
          target: { name: 'target', id: 'id-target', email: 'target@example.com' },
          targetType: 'User',
          ip,
          userAgent: 'python-requests/2.32.3',
          platform,
          connectorUid,
          connectorDisplayName: 'Main',
          eventResult: 'Success',
          eventTime: { timestamp: at - MINUTE, timestampKind: 'exact' },
          action: { actionType: 'Update', actionName: 'Set-Something', actionDescription: '' },
          aux: { '@odata': '#audit' },
        },
      ],
      ...(type !== null && {
        alertType: {
          vuid: 'at-1',
          name: type,
          description: `${type}.`,
          severity,
          defaultSeverity: severity,
          platform,
          sourceKind: 'valenceDefined',
          disabled: false,
          mitreAttackTactics: [tactic],
          mitreAttackTechniques: [technique],
        },
      }),
    },
  };
}
