import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import type { ReplayResult } from '../../lambda/forwarder/actions/replay.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import { RESOURCES } from '../../tools/run-locally/resources.ts';
import { arrivals, EXACTLY_ONCE } from '../support/arrivals.ts';
import { useForwarder } from '../support/forwarder.ts';
import { added, isMarked } from '../support/logs.ts';
import { auditRecord, RECORD_CONTENT } from '../support/records.ts';
import { refusePostsWith } from '../support/refusals.ts';
import type { Tenant } from '../support/tenant.ts';

const { it, newTenant, transcript } = useForwarder();

const HOUR = 3600;

const isBackfill = ({ ddtags }: JsonObject) => String(ddtags).split(',').includes('backfill:true');

const replay = (tenant: Tenant, prefix?: string): Promise<ReplayResult> =>
  tenant.act({ action: 'replay', ...(prefix && { prefix }) });

/** Objects that a test places have no signature. */
const acceptingUnsigned = (tenant: Tenant): Promise<ReplayResult> =>
  tenant.act({ action: 'replay', acceptUnsigned: true });

const keysIn = ({ aws }: Tenant) => [...aws.s3.objects.keys()];

/** Puts an object into the bucket, as an attacker or a careless person might. */
function place({ aws }: Tenant, key: string, content: Uint8Array): string {
  const path = `${RESOURCES.QUARANTINE_BUCKET}/${key}`;
  aws.s3.objects.set(path, Buffer.from(content));
  return path;
}

/** A tenant with so many quarantined audit records and one that was accepted. */
async function tenantWithQuarantine(count: number) {
  const tenant = await newTenant();
  const time = tenant.now() - 60;
  const rejected = Array.from({ length: count }, (_, n) => auditRecord(time - n, `rejected-${n}`));
  const good = auditRecord(time, 'good');
  tenant.valence.auditLogs.add([...rejected, good]);
  tenant.datadog.intercept = refusePostsWith('rejected-', 400);
  await tenant.run();
  expect(keysIn(tenant)).toHaveLength(count);
  return Object.assign(tenant, { good, rejected });
}

describe('a replay', () => {
  it('sends records that the intake now accepts, marked, and deletes them only afterwards', async () => {
    await using tenant = await tenantWithQuarantine(3);
    const presentAtPost: number[] = [];
    tenant.datadog.intercept = async (_, answer) => {
      const reply = await answer();
      presentAtPost.push(keysIn(tenant).length);
      return reply;
    };

    const result = await replay(tenant);
    const again = await replay(tenant);
    const next = await tenant.run();

    expect(result).toEqual({ objects: 3, sent: 3, remaining: 0 });
    expect(again).toEqual({ objects: 0, sent: 0, remaining: 0 });
    expect(presentAtPost[0]).toBe(3);
    expect(keysIn(tenant)).toEqual([]);
    expect(next.streams['audit-logs']).toMatchObject({ forwarded: 0, quarantined: 0 });
    expect(arrivals(tenant, { auditLogs: [tenant.good, ...tenant.rejected] })).toEqual(EXACTLY_ONCE);
    const replayed = tenant.logs('audit-logs').filter(({ details }) => String(details).includes('rejected-'));
    expect(replayed.every(isMarked)).toBe(true);
    expect(replayed.some(isBackfill)).toBe(false);
  });

  it('keeps a record that is refused again, and sends the others', async () => {
    await using tenant = await tenantWithQuarantine(12);
    const before = tenant.quarantine();
    tenant.datadog.intercept = refusePostsWith('rejected-7', 400);

    const result = await replay(tenant);

    expect(result).toEqual({ objects: 12, sent: 11, remaining: 1 });
    const left = Object.values(tenant.quarantine());
    expect(left).toEqual(
      Object.values(before).filter((object) => JSON.stringify(object).includes('rejected-7')),
    );
  });

  it('F44 deletes nothing when the intake refuses everything', async () => {
    await using tenant = await tenantWithQuarantine(9);
    tenant.datadog.intercept = () => ({ status: 400 });

    const { message } = await tenant.failure({ event: { action: 'replay' } });

    expect(message).toContain('The replay failed (datadog-refuses-everything)');
    expect(keysIn(tenant)).toHaveLength(9);
  });

  it('F48 sends a record whose answer was lost again in the next replay, and deletes it then', async () => {
    await using tenant = await tenantWithQuarantine(2);
    tenant.datadog.intercept = async (_, answer) => {
      await answer();
      return 'reset' as const;
    };
    await tenant.failure({ event: { action: 'replay' }, timeoutMs: 7_000 });
    expect(keysIn(tenant)).toHaveLength(2);
    tenant.datadog.intercept = undefined;

    expect(await replay(tenant)).toEqual({ objects: 2, sent: 2, remaining: 0 });
    expect(arrivals(tenant, { auditLogs: [tenant.good, ...tenant.rejected] }).missing).toEqual([]);
  });

  it('F74 fails when an object cannot be deleted, and sends it again next time', async () => {
    await using tenant = await tenantWithQuarantine(2);
    tenant.datadog.intercept = undefined;
    tenant.aws.s3.intercept = ({ method }) => (method === 'DELETE' ? { status: 403 } : undefined);

    const { message } = await tenant.failure({ event: { action: 'replay' } });
    tenant.aws.s3.intercept = undefined;

    expect(message).toContain('The replay failed (quarantine-denied)');
    expect(message).toContain('s3:DeleteObject');
    expect(await replay(tenant)).toEqual({ objects: 2, sent: 2, remaining: 0 });
  });

  it('re-dates an old record', async () => {
    await using tenant = await tenantWithQuarantine(1);
    tenant.datadog.intercept = undefined;
    tenant.travel(3 * 24 * HOUR);

    await replay(tenant);

    const log = tenant.logs('audit-logs').at(-1) as JsonObject;
    expect(added(log)).toMatchObject({ redated: true, event_time: tenant.rejected[0]?.['timeEpoch'] });
    expect(log).not.toHaveProperty('timeEpoch');
  });

  it('stays within its prefix, and never touches objects of another tenant', async () => {
    await using tenant = await tenantWithQuarantine(2);
    tenant.datadog.intercept = undefined;
    const [one = ''] = keysIn(tenant);
    const prefix = one.replace(`${RESOURCES.QUARANTINE_BUCKET}/`, '');
    const neighbour = place(tenant, prefix.replace('/acme/', '/acme-europe/'), gzipSync('{}'));

    expect(await replay(tenant, prefix)).toEqual({ objects: 1, sent: 1, remaining: 0 });
    expect(await replay(tenant)).toEqual({ objects: 1, sent: 1, remaining: 0 });
    expect(keysIn(tenant)).toEqual([neighbour]);
  });

  it('continues after the given key, and refuses an invalid key', async () => {
    await using tenant = await tenantWithQuarantine(3);
    tenant.datadog.intercept = undefined;
    const [first = '', second = ''] = keysIn(tenant).toSorted();
    const after = second.replace(`${RESOURCES.QUARANTINE_BUCKET}/`, '');

    const result = await tenant.act<ReplayResult>({ action: 'replay', after });
    const refused = await tenant.failure({ event: { action: 'replay', after: 7 } });

    expect(result).toEqual({ objects: 1, sent: 1, remaining: 0 });
    expect(keysIn(tenant).toSorted()).toEqual([first, second]);
    expect(refused).toMatchObject({ name: 'ActionError', message: expect.stringContaining('after') });
  });

  it('keeps hostile objects, names only their keys, and continues', async () => {
    await using tenant = await tenantWithQuarantine(1);
    tenant.datadog.intercept = undefined;
    const [good] = Object.values(tenant.quarantine()) as [JsonObject];
    const zipped = (value: unknown) => gzipSync(JSON.stringify(value));
    const hostile = {
      'no-gzip': Buffer.from(RECORD_CONTENT),
      'no-json': gzipSync(RECORD_CONTENT),
      nothing: Buffer.alloc(0),
      bomb: gzipSync(Buffer.alloc(60_000_000, ' ')),
      list: zipped([good]),
      'no-record': zipped({ ...good, record: RECORD_CONTENT }),
      'other-stream': zipped({ ...good, stream: RECORD_CONTENT }),
      'other-fingerprint': zipped({ ...good, fingerprint: `"${RECORD_CONTENT}` }),
    };
    const placed = await Promise.all(
      Object.entries(hostile).map(([name, content]) =>
        place(tenant, `quarantine/acme/audit-logs/2025/01/01/${name}.json.gz`, content),
      ),
    );
    const before = transcript().length;

    const result = await replay(tenant);

    const written = transcript().slice(before);
    expect(result).toEqual({ objects: 9, sent: 1, remaining: 8 });
    expect(keysIn(tenant).toSorted()).toEqual(placed.toSorted());
    for (const name of Object.keys(hostile)) expect(written).toContain(`/${name}.json.gz`);
    expect(written).not.toContain(RECORD_CONTENT);
  });

  it('sends nothing that no forwarder signed for this key, and keeps it', async () => {
    await using tenant = await tenantWithQuarantine(2);
    tenant.datadog.intercept = undefined;
    const [[key, signed], [other]] = Object.entries(tenant.quarantine()) as [[string, JsonObject], [string]];
    const { signature, ...unsigned } = signed;
    const forged = {
      ...signed,
      record: { ...(signed['record'] as JsonObject), actor: 'mallory@example.com' },
    };
    const zipped = (object: JsonObject) => gzipSync(JSON.stringify(object));
    const bare = (path: string) => path.replace(`${RESOURCES.QUARANTINE_BUCKET}/`, '');
    const unsignedKey = await place(tenant, bare(key).replace('.json', '-unsigned.json'), zipped(unsigned));
    const copiedKey = await place(tenant, bare(key).replace('.json', '-copied.json'), zipped(signed));
    const pretendedKey = await place(
      tenant,
      bare(key).replace('.json', '-pretended.json'),
      zipped({ ...unsigned, keyed: true, redacted: [] }),
    );
    const forgedKey = await place(tenant, bare(other), zipped(forged));
    const before = transcript().length;

    const result = await replay(tenant);
    const written = transcript().slice(before);
    const unsignedSent = await acceptingUnsigned(tenant);

    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    expect(result).toEqual({ objects: 5, sent: 1, remaining: 4 });
    for (const left of [unsignedKey, copiedKey, forgedKey, pretendedKey])
      expect(written).toContain(bare(left));
    expect(written).toContain('quarantine-object-unverified');
    expect(unsignedSent).toEqual({ objects: 4, sent: 1, remaining: 3 });
    expect(keysIn(tenant).toSorted()).toEqual([copiedKey, forgedKey, pretendedKey].toSorted());
    expect(JSON.stringify(tenant.logs('audit-logs'))).not.toContain('mallory');
  });

  it('F30 F31 returns a record unchanged from quarantine: every digit, every odd key', async ({ tenant }) => {
    const text = `{"fingerprint":"${'a'.repeat(32)}","httpStatus":400,"quarantinedAt":"2026-01-01T00:00:00.000Z","reason":"x","record":{"__proto__":{"polluted":true},"actor":"\\ud800","big":12345678901234567890,"details":"d","timeEpoch":${tenant.now()}},"stream":"audit-logs"}`;
    place(tenant, 'quarantine/acme/audit-logs/x.json.gz', gzipSync(text));
    let posted = '';
    tenant.datadog.intercept = (request) => {
      posted = gunzipSync(request.body).toString();
      return undefined;
    };

    expect(await acceptingUnsigned(tenant)).toMatchObject({ sent: 1 });
    expect(posted).toContain('"__proto__":{"polluted":true}');
    expect(posted).toContain('"big":12345678901234567890');
    expect(posted).toContain('"actor":"\\ud800"');
  });

  it('sends more than one post can hold in several posts', async ({ tenant }) => {
    const time = tenant.now() - 60;
    await Promise.all(
      Array.from({ length: 1100 }, (_, n) => {
        const fingerprint = n.toString(16).padStart(32, '0');
        const object = {
          stream: 'audit-logs',
          record: auditRecord(time, `rejected-${n}`),
          fingerprint,
          reason: 'x',
          httpStatus: 400,
          quarantinedAt: '2026-01-01T00:00:00.000Z',
        };
        return place(
          tenant,
          `quarantine/acme/audit-logs/2026/01/01/${fingerprint}.json.gz`,
          gzipSync(JSON.stringify(object)),
        );
      }),
    );

    expect(await acceptingUnsigned(tenant)).toEqual({ objects: 1100, sent: 1100, remaining: 0 });
    expect(tenant.datadog.batches).toBe(2);
    expect(keysIn(tenant)).toEqual([]);
  });
});
