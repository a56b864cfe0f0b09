import { gunzipSync } from 'node:zlib';
import type { Range } from '../../../lambda/forwarder/core/ports.ts';
import { DAY_SECONDS, HOUR_SECONDS } from '../../../lambda/limits.ts';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import { sampleData } from '../../sample-data/sample-data.ts';
import type { DatadogIntake } from '../../stand-ins/datadog/intake.ts';
import type { Intercept } from '../../stand-ins/http-server.ts';
import type { EmbeddedValence } from '../embedded-parties.ts';

/** The records and refusals of the embedded Valence and Datadog while a forwarder keeps running. */

const SEED = 20_261_124;

/** Before the first run: what only a backfill brings. */
const PAST_SECONDS = 2 * DAY_SECONDS;
const PAST = { alerts: 240, auditLogs: 4800 };

const RECENT = { alerts: 40, auditLogs: 600 };

const ARRIVAL_INTERVAL_MS = 15_000;
const ARRIVING_AUDIT_LOGS = 5;
/** One in so many arrivals is an alert. */
const ARRIVALS_PER_ALERT = 4;

/** Distance of records from the end of a range. */
const MARGIN_SECONDS = 30;

/** What Datadog refuses at first only, and what it always refuses. */
const REFUSED_AT_FIRST = 'refused-at-first';
const REFUSED_FOR_GOOD = 'refused-for-good';
const REJECTED = [REFUSED_AT_FIRST, REFUSED_AT_FIRST, REFUSED_AT_FIRST, REFUSED_FOR_GOOD];

const rejectedRecord = (mark: string, index: number, time: number): JsonObject => ({
  actor: 'mallory@example.com',
  action: 'Upload data to connector',
  success: true,
  ipAddress: '198.51.100.7',
  details: `Uploaded data file "${mark}-${index}.csv" of kind "Users" to a Duo connector named "Duo Primary"`,
  timeEpoch: time,
});

/** Refuses each post that holds one of the marks, as Datadog does: whole. */
const refusing =
  (marks: readonly string[]): Intercept =>
  ({ method, body }) => {
    if (method !== 'POST') return undefined;
    const text = gunzipSync(body).toString();
    return marks.some((mark) => text.includes(mark))
      ? { status: 400, body: '{"errors":[{"status":"400","title":"Bad Request"}]}' }
      : undefined;
  };

/** A tenant with records of the past and new ones that arrive. */
export interface LocalTenant {
  /** The range of the past that no run has read. */
  past: Range;
  /** How many records it holds. */
  pastRecords: number;
  /** Lets Datadog accept most of the records that it refused so far. */
  fixDatadog(): void;
  /** New records come from now on, until they are stopped. */
  startArrivals(): void;
  stopArrivals(): void;
}

/**
 * Gives Valence a past, the records of the last hours, some of which Datadog refuses, and a present.
 * @param start where the first run will begin, in epoch seconds
 */
export function startTenant(valence: EmbeddedValence, datadog: DatadogIntake, start: number): LocalTenant {
  const now = Math.floor(Date.now() / 1000);
  const past = { from: Math.floor((start - PAST_SECONDS) / HOUR_SECONDS) * HOUR_SECONDS, to: start };
  const recent = { from: start + MARGIN_SECONDS, to: now - MARGIN_SECONDS };
  const earlier = sampleData({ seed: SEED, range: past, ...PAST });
  const later = sampleData({ seed: SEED + 1, range: recent, ...RECENT });
  valence.alertTypes.add(earlier.alertTypes);
  for (const { alerts, auditLogs } of [earlier, later]) {
    valence.alerts.add(alerts);
    valence.auditLogs.add(auditLogs);
  }
  valence.auditLogs.add(REJECTED.map((mark, index) => rejectedRecord(mark, index + 1, recent.to - index)));
  datadog.intercept = refusing([REFUSED_AT_FIRST, REFUSED_FOR_GOOD]);

  let arrivals = 0;
  const arrive = () => {
    arrivals++;
    const second = Math.floor(Date.now() / 1000);
    const { alerts, auditLogs } = sampleData({
      seed: SEED + 1 + arrivals,
      range: { from: second, to: second + 1 },
      alerts: arrivals % ARRIVALS_PER_ALERT === 0 ? 1 : 0,
      auditLogs: ARRIVING_AUDIT_LOGS,
    });
    valence.alerts.add(alerts);
    valence.auditLogs.add(auditLogs);
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    past,
    pastRecords: PAST.alerts + PAST.auditLogs,
    fixDatadog: () => {
      datadog.intercept = refusing([REFUSED_FOR_GOOD]);
    },
    startArrivals: () => {
      timer ??= setInterval(arrive, ARRIVAL_INTERVAL_MS);
    },
    stopArrivals: () => clearInterval(timer),
  };
}
