import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Stream } from '../../../lambda/contract.ts';
import type { JsonObject } from '../../../lambda/shared/json.ts';
import { type PreviewedLog, previewLogs } from '../../../tools/preview/data/preview-logs.ts';

/** Golden records: one file each under test/golden/datadog/, named by its special feature. */

const FOLDER = fileURLToPath(new URL('../../golden/datadog/', import.meta.url));

/** Arrival of records that have no usable time, epoch seconds. */
const OTHERWISE = 1_767_000_000;

export interface Golden {
  /** What the record tests. */
  about: string;
  /** When it is forwarded, epoch seconds; at its own time when left out. */
  now?: number;
  stream: Stream;
  record: JsonObject;
  /** What Datadog shows of it. */
  log: PreviewedLog;
}

export const goldenNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort();

export const readGolden = (name: string): Golden => JSON.parse(readFileSync(`${FOLDER}${name}`, 'utf8'));

/** What Datadog shows of a golden record now. */
export function logOf({ stream, record, now }: Golden): PreviewedLog {
  return previewLogs([{ stream, record }], now, OTHERWISE)[0] as PreviewedLog;
}

/** Saves what Datadog shows now as the expected result. */
export function regenerate(name: string): void {
  const golden = readGolden(name);
  writeFileSync(`${FOLDER}${name}`, `${JSON.stringify({ ...golden, log: logOf(golden) }, null, 2)}\n`);
}
