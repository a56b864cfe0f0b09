import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { canonicalJson } from '../../lambda/forwarder/core/canonical-json.ts';
import { type RecordList, recordText } from './records.ts';

/** What single stages cost in this process: no forwarder in JavaScript can take less than the first three. */
export interface StageCosts {
  parse: number;
  stringify: number;
  gzip1: number;
  gzip6: number;
  /** Canonical JSON and SHA-256. */
  fingerprint: number;
}

const compress = promisify(gzip);
const PAGES = 40;

async function microsecondsPerRecord(records: number, work: () => unknown): Promise<number> {
  await work();
  const before = process.cpuUsage();
  for (let page = 0; page < PAGES; page++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (PAGES * records);
}

/** Measures every stage on one page, over and over. */
export async function stageCosts(list: RecordList, pageSize: number): Promise<StageCosts> {
  const text = `[${Array.from({ length: pageSize }, (_, n) => recordText(list, n)).join(',')}]`;
  const records = JSON.parse(text) as unknown[];
  const cost = (work: () => unknown) => microsecondsPerRecord(pageSize, work);
  return {
    parse: await cost(() => JSON.parse(text)),
    stringify: await cost(() => JSON.stringify(records)),
    gzip1: await cost(() => compress(text, { level: 1 })),
    gzip6: await cost(() => compress(text, { level: 6 })),
    fingerprint: await cost(() => records.map((record) => hash('sha256', canonicalJson(record)))),
  };
}
