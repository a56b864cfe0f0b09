import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { s3Quarantine } from '../../../../lambda/forwarder/aws/quarantine-bucket.ts';
import { s3Client } from '../../../../lambda/shared/aws/clients.ts';
import { deadlineIn, systemClock } from '../../../../lambda/shared/clock.ts';
import { buildArtefact, startArtefact } from '../../../../tools/run-locally/artefact.ts';
import { RESOURCES } from '../../../../tools/run-locally/resources.ts';
import { STAND_IN_CLIENT } from '../../../support/aws-client.ts';
import {
  DATADOG_KEY,
  FUNCTION_NAME,
  nowSeconds,
  type Scene,
  startScene,
  VALENCE_KEY,
} from '../../../support/operator/scene.ts';
import { auditRecord, RECORD_CONTENT } from '../../../support/records.ts';

const HOUR = 3600;

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

describe('replay', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ops-artefact-'));
    await buildArtefact(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  /** The function as it is deployed, at the other end of Lambda. */
  function deployFunction(): void {
    const environment = { ...scene.aws.environment, ...scene.functionEnvironment };
    const artefact = startArtefact({ folder, environment, logFile: join(folder, 'log') });
    closing.push(() => artefact.close());
    scene.account.functions[FUNCTION_NAME] = {
      environment: scene.functionEnvironment,
      timeoutSeconds: 240,
      memoryMiB: 512,
      invoke: (event) => artefact.invoke(event),
    };
  }

  async function quarantine(count: number, fields: object = {}): Promise<void> {
    const { accessKey: credentials, s3 } = scene.aws;
    const { secret } = scene;
    const client = () =>
      s3Client({ ...STAND_IN_CLIENT, credentials, endpoint: s3.origin, forcePathStyle: true });
    const archive = s3Quarantine({ bucket: RESOURCES.QUARANTINE_BUCKET, tenant: 'acme', secret, client });
    const time = nowSeconds() - HOUR;
    for (let index = 0; index < count; index++) {
      await archive.put(
        {
          stream: 'audit-logs',
          record: { ...auditRecord(time, `user-${index}`), ...fields },
          fingerprint: index.toString(16).padStart(32, '0'),
          reason: index === 0 ? 'Datadog answered 413.' : 'Datadog answered 400.',
          httpStatus: index === 0 ? 413 : 400,
          quarantinedAt: new Date().toISOString(),
        },
        time,
        { deadline: deadlineIn(systemClock, 10_000) },
      );
    }
  }

  it('F91 says that an element of a page is not JSON', async () => {
    const { accessKey: credentials, s3 } = scene.aws;
    const { secret } = scene;
    const client = () =>
      s3Client({ ...STAND_IN_CLIENT, credentials, endpoint: s3.origin, forcePathStyle: true });
    await s3Quarantine({ bucket: RESOURCES.QUARANTINE_BUCKET, tenant: 'acme', secret, client }).put(
      {
        stream: 'alerts',
        fingerprint: 'e'.repeat(32),
        reason: 'unreadable',
        raw: 'TmFO',
        quarantinedAt: new Date().toISOString(),
      },
      undefined,
      { deadline: deadlineIn(systemClock, 10_000) },
    );

    const answer = await scene.ops(['replay', '--dry-run', '--json']);

    expect(JSON.parse(answer.stdout)).toMatchObject({
      objects: 1,
      reasons: [{ stream: 'alerts', reason: expect.stringContaining('not JSON'), httpStatus: 0, objects: 1 }],
    });
  });

  it('reports how many records there are, and why, without sending anything', async () => {
    await quarantine(3);

    const answer = await scene.ops(['replay', '--dry-run', '--json']);

    expect(answer.json()).toMatchObject({
      objects: 3,
      reasons: [
        { reason: 'Datadog answered 400.', httpStatus: 400, objects: 2 },
        { reason: 'Datadog answered 413.', httpStatus: 413, objects: 1 },
      ],
    });
    expect(scene.aws.s3.objects.size).toBe(3);
    expect(answer.stdout).not.toContain(RECORD_CONTENT);
  });

  it('says what the answer means, and which limits of Datadog the record was beyond, without its content', async () => {
    await quarantine(2, { details: RECORD_CONTENT.repeat(100_000), timeEpoch: nowSeconds() - 2 * 24 * HOUR });

    const json = await scene.ops(['replay', '--dry-run', '--json']);
    const text = await scene.ops(['replay', '--dry-run']);

    expect(json.json().reasons[0]).toMatchObject({
      httpStatus: expect.any(Number),
      limits: ['older than 18 hours', 'more than 1 MB, most of it in "details"'],
    });
    expect(text.stdout).toContain('Datadog answered 413. The log is larger than Datadog, or a proxy');
    expect(text.stdout).toContain('older than 18 hours; more than 1 MB, most of it in "details".');
    expect(json.stdout + text.stdout).not.toContain(RECORD_CONTENT);
  });

  it('counts one record in the singular, and ends its progress with what was done', async () => {
    await quarantine(1);
    deployFunction();

    const dryRun = await scene.ops(['replay', '--dry-run']);
    const answer = await scene.ops(['replay']);

    expect(dryRun.stdout).toContain('1 record would be sent again');
    expect(answer.stdout).toBe('1 record sent and deleted, none is left.\n');
    expect(answer.stderr.trimEnd().split('\n').at(-1)).toBe('Replayed: 1 of 1 record sent.');
  });

  it('refuses the prefix of another tenant instead of finding nothing there', async () => {
    await quarantine(1);

    const answer = await scene.ops(['replay', '--dry-run', '--prefix', 'quarantine/other/', '--json']);

    expect(answer.json().error).toMatchObject({ code: 'prefix-outside' });
    expect(answer.code).toBe(1);
  });

  it('sends what Datadog now takes until nothing is left', async () => {
    await quarantine(3);
    deployFunction();

    const answer = await scene.ops(['replay', '--json']);

    expect(answer.json()).toMatchObject({ objects: 3, sent: 3, remaining: 0, reasons: [] });
    expect(answer.code).toBe(0);
    expect(scene.datadog.accepted).toBe(3);
    expect(scene.aws.s3.objects.size).toBe(0);
  });

  it('replays only objects below a prefix', async () => {
    await quarantine(2);
    deployFunction();

    const answer = await scene.ops(['replay', '--prefix', 'alerts/', '--json']);

    expect(answer.json()).toMatchObject({ prefix: 'quarantine/acme/alerts/', objects: 0, sent: 0 });
    expect(scene.aws.s3.objects.size).toBe(2);
  });

  it('continues where time ran out, and skips what was refused again', async () => {
    await quarantine(3);
    const events: unknown[] = [];
    const answers = [
      { objects: 3, sent: 0, remaining: 3, next: 'quarantine/acme/audit-logs/x' },
      { objects: 2, sent: 2, remaining: 0 },
    ];
    scene.account.functions[FUNCTION_NAME] = {
      environment: scene.functionEnvironment,
      timeoutSeconds: 240,
      memoryMiB: 512,
      invoke: async (event) => answers[events.push(event) - 1],
    };

    const answer = await scene.ops(['replay', '--json']);

    const event = { action: 'replay', prefix: 'quarantine/acme/' };
    expect(events).toEqual([event, { ...event, after: 'quarantine/acme/audit-logs/x' }]);
    expect(answer.json()).toMatchObject({ sent: 2 });
  });

  it('stops with a failure when Datadog refuses the rest again', async () => {
    await quarantine(1);
    deployFunction();
    scene.datadog.intercept = ({ body, path }) =>
      path === '/api/v2/logs' && body.length > 0 ? { status: 400, body: '{}' } : undefined;

    const answer = await scene.ops(['replay', '--json']);

    expect(answer.code).toBe(1);
    expect(scene.aws.s3.objects.size).toBe(1);
    expect(answer.stdout + answer.stderr).not.toMatch(
      new RegExp(`${VALENCE_KEY}|${DATADOG_KEY}|${RECORD_CONTENT}`),
    );
  });
});
