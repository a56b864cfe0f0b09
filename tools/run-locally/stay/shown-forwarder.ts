import { quarantineRoot, STREAMS } from '../../../lambda/contract.ts';
import { s3Quarantine } from '../../../lambda/forwarder/aws/quarantine-bucket.ts';
import { dynamoStateStore } from '../../../lambda/forwarder/aws/state-table.ts';
import { freshSecret, readSecret } from '../../../lambda/forwarder/aws/table-secret.ts';
import { reportedHoles } from '../../../lambda/forwarder/core/runs/holes.ts';
import { dynamoClient, s3Client } from '../../../lambda/shared/aws/clients.ts';
import { deadlineIn, systemClock } from '../../../lambda/shared/clock.ts';
import { lagNow, type Pace } from '../../../lambda/shared/lag.ts';
import type {
  ShownForwarder,
  ShownQuarantined,
  ShownRun,
  ShownStream,
} from '../../preview/explore/answers.ts';
import type { Aws } from '../../stand-ins/aws/aws.ts';
import { RESOURCES } from '../resources.ts';

/** Each of them takes a request. */
const SHOWN_OBJECTS = 20;
const LIST_TIME_LIMIT_MS = 10_000;

export interface ShownForwarderOptions {
  aws: Pick<Aws, 'dynamoDb' | 's3' | 'accessKey' | 'environment'>;
  tenant: string;
  pace: Pace;
  /** The newest first. */
  runs: () => ShownRun[];
}

/**
 * Reads the forwarder that keeps running on this machine as the page shows it: its state table and its quarantine, as the operator's
 * tools do.
 */
export function shownForwarder({
  aws,
  tenant,
  pace,
  runs,
}: ShownForwarderOptions): () => Promise<ShownForwarder> {
  // With a configuration of their own, so that no setting of the user's reaches them.
  const common = { region: aws.environment['AWS_REGION'] ?? '', credentials: aws.accessKey };
  const table = {
    client: dynamoClient({ ...common, endpoint: aws.dynamoDb.origin }),
    table: RESOURCES.STATE_TABLE,
  };
  const states = dynamoStateStore(table);
  const quarantine = s3Quarantine({
    bucket: RESOURCES.QUARANTINE_BUCKET,
    tenant,
    secret: async () => (await readSecret(table)) ?? freshSecret(),
    client: () => s3Client({ ...common, endpoint: aws.s3.origin, forcePathStyle: true }),
  });

  async function streams(now: number): Promise<ShownStream[]> {
    const found = await Promise.all(
      STREAMS.map(async (stream): Promise<ShownStream | undefined> => {
        const state = await states.read(stream);
        return (
          state && {
            stream,
            watermark: state.watermark,
            finalWatermark: state.finalWatermark,
            lagSeconds: Math.max(0, now - state.watermark),
            lag: lagNow(state, now, pace),
            holes: reportedHoles(state.holes).map(({ from, to, status }) => ({ from, to, status })),
          }
        );
      }),
    );
    return found.filter((each) => each !== undefined);
  }

  async function quarantined(): Promise<ShownForwarder['quarantine']> {
    const deadline = deadlineIn(systemClock, LIST_TIME_LIMIT_MS);
    const keys = await quarantine.list(quarantineRoot(tenant), { deadline });
    const objects = await Promise.all(
      keys.slice(0, SHOWN_OBJECTS).map((key) => quarantine.get(key, { deadline, acceptUnsigned: false })),
    );
    const shown = objects.flatMap((content): ShownQuarantined[] =>
      typeof content === 'string'
        ? []
        : [{ stream: content.stream, at: content.quarantinedAt, reason: content.reason }],
    );
    return { total: keys.length, shown };
  }

  return async () => {
    const now = Math.floor(Date.now() / 1000);
    const [shownStreams, quarantine] = await Promise.all([streams(now), quarantined()]);
    return { kind: 'live', at: now, streams: shownStreams, runs: runs(), quarantine };
  };
}
