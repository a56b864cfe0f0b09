import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Stream } from '../../lambda/contract.ts';
import { exclusion } from '../../lambda/forwarder/core/logs/exclude.ts';
import { RecordEncoder } from '../../lambda/forwarder/core/logs/record-encoder.ts';
import { canonicalJson } from '../../lambda/forwarder/core/records/canonical-json.ts';
import type { ExcludeCondition } from '../../lambda/shared/exclude-condition.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { type RecordList, recordText } from './records.ts';

/** The cost of single stages in this process. The first three are the least that a forwarder in JavaScript needs. */
export interface StageCosts {
  parse: number;
  stringify: number;
  gzip1: number;
  gzip6: number;
  /** Canonical JSON and SHA-256. */
  fingerprint: number;
  /** Deciding whether `exclude` leaves a record out. */
  exclude: number;
}

/** Enough rounds for V8 to compile the code. */
const WARM_UP_PAGES = 30;
const PAGES = 200;

function microsecondsPerRecord(records: number, work: () => unknown): number {
  for (let page = 0; page < WARM_UP_PAGES; page++) work();
  const before = process.cpuUsage();
  for (let page = 0; page < PAGES; page++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (PAGES * records);
}

const CONDITIONS: readonly ExcludeCondition[] = [
  { stream: 'audit-logs', where: { action: ['User signed out'], success: [true] } },
  { stream: 'alerts', where: { 'alert.status': ['Closed'], 'alert_type_details.severity': ['Low'] } },
];

function excludeStage(stream: Stream, records: readonly JsonObject[]): () => unknown {
  const encoder = new RecordEncoder(stream, { tenant: 'bench', version: '0', runId: 'bench', tags: [] });
  const isExcluded = exclusion(CONDITIONS, stream);
  const now = Math.floor(Date.now() / 1000);
  const alertType = { severity: 'High' };
  return () =>
    records.filter((record) => {
      const source = { record, alertType, fingerprint: '', update: false, backfill: false };
      return isExcluded?.(encoder.attributesOf(source, now));
    });
}

/** Measures every stage on one page, repeatedly. */
export function stageCosts(list: RecordList, pageSize: number): StageCosts {
  const text = `[${Array.from({ length: pageSize }, (_, n) => recordText(list, n)).join(',')}]`;
  const records = JSON.parse(text) as JsonObject[];
  const cost = (work: () => unknown) => microsecondsPerRecord(pageSize, work);
  return {
    parse: cost(() => JSON.parse(text)),
    stringify: cost(() => JSON.stringify(records)),
    gzip1: cost(() => gzipSync(text, { level: 1 })),
    gzip6: cost(() => gzipSync(text, { level: 6 })),
    fingerprint: cost(() => records.map((record) => hash('sha256', canonicalJson(record)))),
    exclude: cost(excludeStage(list.stream, records)),
  };
}
