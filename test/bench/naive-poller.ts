import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import axios from 'axios';

/** The baseline: a minimal forwarder. It posts page after page and stores nothing: no ledger, no fingerprints, no checkpoint. */

const compress = promisify(gzip);
const LOOKBACK_SECONDS = 43_200;

interface Poll {
  path: string;
  service: string;
  limit: number;
  toLog: (record: Record<string, unknown>) => object;
}

const POLLS: Record<string, Poll> = {
  COLLECT_ALERTS: {
    path: '/api/v1/alerts',
    service: 'alerts',
    limit: 100,
    toLog: (alert) => ({ alert, message: alert['summaryLine'] }),
  },
  COLLECT_AUDIT_LOGS: {
    path: '/api/v1/audit-logs',
    service: 'audit-logs',
    limit: 1000,
    toLog: (record) => ({ ...record, message: record['details'] }),
  },
};

interface Choices {
  /** Compress in the thread of the poller. */
  inPlace: boolean;
}

async function poll({ path, service, limit, toLog }: Poll, { inPlace }: Choices): Promise<number> {
  const now = Math.floor(Date.now() / 1000);
  let forwarded = 0;
  let cursor: string | undefined;
  do {
    const { data } = await axios.get(`${process.env['VALENCE_BASE_URL']}${path}`, {
      params: { from: now - LOOKBACK_SECONDS, to: now, limit, cursor },
      headers: { authorization: 'Bearer bench' },
      proxy: false,
    });
    const logs = data.items.map((record: Record<string, unknown>) => ({
      ddsource: 'valence-security',
      ddtags: 'tenant:default',
      service,
      ...toLog(record),
    }));
    await axios.post(
      `${process.env['DATADOG_INTAKE_URL']}/api/v2/logs`,
      inPlace ? gzipSync(JSON.stringify(logs)) : await compress(JSON.stringify(logs)),
      {
        proxy: false,
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'dd-api-key': 'bench' },
      },
    );
    forwarded += logs.length;
    cursor = data.nextCursor;
  } while (cursor);
  return forwarded;
}

/** Polls the streams that the environment does not switch off; resolves with the number of logs. */
export async function runNaivePoller(choices: Choices): Promise<number> {
  let forwarded = 0;
  for (const [flag, each] of Object.entries(POLLS)) {
    if (process.env[flag] !== 'false') forwarded += await poll(each, choices);
  }
  return forwarded;
}
