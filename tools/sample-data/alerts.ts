import type { Range } from '../../lambda/forwarder/core/ports.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { ALERT_TYPES, type AlertType } from './alert-types.ts';
import { app, CONNECTOR_NAMES, type Identity, ipAddress, person, USER_AGENTS } from './organisation.ts';
import type { Random } from './random.ts';

const STATUSES = ['Open', 'Open', 'Open', 'In Progress', 'Resolved', 'Dismissed'] as const;
const ACTION_TYPES = ['Create', 'Update', 'Delete', 'Grant', 'Share'] as const;
const TARGET_TYPES = ['User', 'File', 'Role', 'Application'] as const;

/** Most alerts have one event; a few have very many. */
function eventCount(random: Random): number {
  if (random.chance(0.01)) return 50;
  if (random.chance(0.05)) return 5;
  return random.chance(0.15) ? 2 : 1;
}

const SMALL_AUX_KEYS = { min: 20, max: 45 };
const LARGE_AUX_KEYS = 300;
const LARGE_AUX_SHARE = 0.04;

/** What a platform's own audit log contains about the event, with the odd keys of such logs. */
function aux(random: Random, type: AlertType, keys: number): JsonObject {
  const fields: JsonObject = {
    '@odata': '#microsoft.graph.directoryAudit',
    'Version@odata': random.whole(1, 4),
    Id: random.uuid(),
    Operation: type.name,
    Workload: type.platform,
    OrganizationId: random.uuid(),
    ResultStatus: 'Succeeded',
    RecordType: random.whole(1, 120),
    IsInteractive: random.chance(0.5),
    PreviousValue: null,
    'Target[3]': { ID: random.uuid(), Type: random.whole(0, 5) },
    ExtendedProperties: [
      { Name: 'additionalDetails', Value: JSON.stringify({ 'User-Agent': random.pick(USER_AGENTS) }) },
      { Name: 'extendedAuditEventCategory', Value: random.pick(TARGET_TYPES) },
    ],
    DeviceProperties: {
      Os: { Name: random.pick(['Windows', 'macOS', 'Linux']), Version: random.whole(10, 15) },
    },
    CreationTime: random.whole(1_600_000_000, 1_700_000_000),
  };
  if (random.chance(0.05)) {
    fields['Microsoft.Exchange.Management.ForwardingSmtpAddress.NewValue'] = 'smtp:archive@elsewhere.example';
  }
  for (let index = Object.keys(fields).length; index < keys; index++) {
    fields[`Parameters[${index}]`] = random.chance(0.3) ? random.whole(0, 1e6) : random.hex(24);
  }
  return fields;
}

const UNKNOWN: Identity = { name: '', id: '', email: '' };

const UNKNOWN_ACTOR_SHARE = 0.03;

/** The actor; Valence may also give the one of the two kinds that it is not, with empty values. */
function actorOf(random: Random, byApp: boolean): JsonObject {
  const actor = random.chance(UNKNOWN_ACTOR_SHARE) ? UNKNOWN : byApp ? app(random) : person(random);
  const both = random.chance(0.5);
  return {
    ...(byApp ? { actorApp: actor } : { actorUser: actor }),
    ...(both && (byApp ? { actorUser: UNKNOWN } : { actorApp: UNKNOWN })),
  };
}

/** What many platforms do not report: Valence gives it as empty text. */
function details(random: Random, type: AlertType) {
  const target = person(random);
  return random.chance(0.5)
    ? { target: UNKNOWN, targetType: '', userAgent: '', eventSummary: '', actionDescription: '' }
    : {
        target,
        targetType: random.pick(TARGET_TYPES),
        userAgent: random.pick(USER_AGENTS),
        eventSummary: `"${type.name}" was done to ${target.name}`,
        actionDescription: type.description,
      };
}

function toEvent(random: Random, type: AlertType, time: number, auxKeys: number): JsonObject {
  const byApp = random.chance(0.25);
  const connector = random.pick(CONNECTOR_NAMES);
  const { actionDescription, ...reported } = details(random, type);
  const failed = random.chance(0.1);
  return {
    eventId: random.uuid(),
    actorType: byApp ? 'App' : 'User',
    ...actorOf(random, byApp),
    ...reported,
    ip: ipAddress(random),
    platform: type.platform,
    connectorUid: `con-${connector.toLowerCase()}`,
    connectorDisplayName: `${type.platform} ${connector}`,
    eventResult: failed ? 'Failure' : 'Success',
    eventResultDetails: failed ? 'Denied by policy' : '',
    eventTime: { timestamp: time - random.whole(5, 600), timestampKind: 'exact' },
    action: {
      actionType: random.pick(ACTION_TYPES),
      actionName: type.name,
      actionDescription,
    },
    aux: aux(random, type, auxKeys),
  };
}

/** The API gives some alerts with the id of their type, some with the type as well, and some with the core of it alone. */
function typeIn(random: Random, type: AlertType): JsonObject {
  const { vuid: alertTypeVuid, severity, name, platform } = type;
  if (random.chance(0.3)) return { alertType: { severity, name, platform } };
  return { alertTypeVuid, ...(random.chance(0.4) && { alertType: type }) };
}

function toAlert(random: Random, time: number): JsonObject {
  const type = random.pick(ALERT_TYPES);
  const large = random.chance(LARGE_AUX_SHARE);
  const events = Array.from({ length: eventCount(random) }, () =>
    toEvent(
      random,
      type,
      time,
      large ? LARGE_AUX_KEYS : random.whole(SMALL_AUX_KEYS.min, SMALL_AUX_KEYS.max),
    ),
  );
  return {
    vuid: `VALENCE:_:sample:_:ALERT:_::_::_:${random.uuid()}`,
    connectorUids: [...new Set(events.map((event) => event['connectorUid']))],
    creationTimestamp: time,
    status: random.pick(STATUSES),
    summaryLine: `${type.name} (${events.length} ${events.length === 1 ? 'event' : 'events'}) on ${type.platform}`,
    events,
    ...typeIn(random, type),
  };
}

/**
 * Alerts of realistic shape and size, with 1 to 50 events of 20 to 300 free-form keys each.
 * @param range when they were created
 */
export const sampleAlerts = (random: Random, count: number, range: Range): JsonObject[] =>
  Array.from({ length: count }, () => toAlert(random, random.whole(range.from, range.to - 1)));
