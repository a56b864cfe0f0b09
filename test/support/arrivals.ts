import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Tenant } from './tenant.ts';

const alertName = (alert: JsonObject) => `alert ${alert['vuid']} ${alert['status']}`;
const auditName = ({ details }: JsonObject) => `audit log ${details}`;

/**
 * Compares what Datadog has accepted with the records that it should have, copy for copy: by the records' own content,
 * not by anything that the forwarder added.
 */
export function arrivals(
  { logs }: Pick<Tenant, 'logs'>,
  expected: { alerts?: readonly JsonObject[]; auditLogs?: readonly JsonObject[] },
): { missing: string[]; excess: string[] } {
  const open = new Map<string, number>();
  const count = (name: string, by: number) => open.set(name, (open.get(name) ?? 0) + by);
  for (const alert of expected.alerts ?? []) count(alertName(alert), 1);
  for (const record of expected.auditLogs ?? []) count(auditName(record), 1);
  for (const log of logs('alerts')) count(alertName(log['alert'] as JsonObject), -1);
  for (const log of logs('audit-logs')) count(auditName(log), -1);
  const names = [...open].flatMap(([name, left]) =>
    Array.from({ length: Math.abs(left) }, () => ({ name, left })),
  );
  return {
    missing: names.filter(({ left }) => left > 0).map(({ name }) => name),
    excess: names.filter(({ left }) => left < 0).map(({ name }) => name),
  };
}

/** The result of {@link arrivals} if nothing is lost and nothing repeated. */
export const EXACTLY_ONCE = { missing: [], excess: [] };

/** Fingerprints that arrived again without the mark of a possible duplicate. */
export function unmarkedRepeats(logs: readonly JsonObject[]): unknown[] {
  const seen = new Set<unknown>();
  return logs.flatMap(({ valence_forwarder }) => {
    const { fingerprint, possible_duplicate } = valence_forwarder as JsonObject;
    const repeat = seen.has(fingerprint) && !possible_duplicate;
    seen.add(fingerprint);
    return repeat ? [fingerprint] : [];
  });
}
