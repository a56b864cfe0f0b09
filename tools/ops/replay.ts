import { quarantineRoot } from '../../lambda/contract.ts';
import type { QuarantineBucket } from '../../lambda/forwarder/aws/quarantine-bucket.ts';
import type { ObjectProblem, QuarantinedObject } from '../../lambda/forwarder/core/ports.ts';
import { deadlineIn, systemClock } from '../../lambda/shared/clock.ts';
import { inPool } from '../../lambda/shared/concurrency.ts';
import { isWholePrefix, prefixOutside } from '../../lambda/shared/quarantine-prefix.ts';
import { count, counted } from '../cli/format.ts';
import type { Output } from '../cli/output.ts';
import { withProgress } from '../cli/progress.ts';
import { table } from '../cli/table.ts';
import type { AwsClients } from './aws.ts';
import { brokenLimits, meaningOf } from './broken-limits.ts';
import { invokeAction } from './invoke.ts';
import { OpsError } from './ops-error.ts';
import { quarantineOf } from './quarantine.ts';
import { readFunction } from './stack.ts';
import type { ForwarderStack } from './stack-outputs.ts';

export interface ReplayOptions {
  /** Prefix of the keys, with or without the tenant's own prefix. */
  prefix: string;
  dryRun?: boolean;
  /** Also send objects without a signature. */
  acceptUnsigned?: boolean;
}

/** The result of one invocation of the replay action. */
interface ReplayAnswer {
  objects: number;
  sent: number;
  remaining: number;
  /** The time ran out: continue after this key. */
  next?: string;
}

/** Objects with the same reason. */
interface ReasonCount {
  stream: string;
  reason: string;
  httpStatus: number;
  /** What the status means; null when there is nothing to say. */
  meaning: string | null;
  /** The limits of Datadog that the records were beyond. */
  limits: string[];
  objects: number;
}

const LIST_TIME_LIMIT_MS = 600_000;

/** Reasons are read from at most this many objects, spread over all, because each takes a request. */
const SAMPLED_OBJECTS = 200;
const CONCURRENT_READS = 8;

/** Every n-th, so that at most {@link SAMPLED_OBJECTS} remain. */
function sampleOf(keys: readonly string[]): string[] {
  const step = Math.max(1, Math.ceil(keys.length / SAMPLED_OBJECTS));
  return keys.filter((_, index) => index % step === 0);
}

const PROBLEMS: Record<Exclude<ObjectProblem, 'gone'>, string> = {
  unreadable: 'No forwarder wrote this object.',
  unsigned: 'The object has no signature, as those of earlier versions: --accept-unsigned sends it.',
  forged: 'The signature does not fit: the object was changed or moved, or the state table was replaced.',
};

/** Of an object that was never sent. */
const NO_ANSWER = { httpStatus: 0, meaning: null, limits: [] };

function reasonIn(content: QuarantinedObject | Exclude<ObjectProblem, 'gone'>): Omit<ReasonCount, 'objects'> {
  if (typeof content === 'string') return { stream: '-', reason: PROBLEMS[content], ...NO_ANSWER };
  if ('record' in content) {
    const { stream, reason, httpStatus } = content;
    return {
      stream,
      reason,
      httpStatus,
      meaning: meaningOf(httpStatus) ?? null,
      limits: brokenLimits(content),
    };
  }
  const reason = 'unreadable: an element of a page of Valence that is not JSON, or no object';
  return { stream: content.stream, reason, ...NO_ANSWER };
}

/** Why records are in quarantine, the most frequent reason first. */
async function reasonsOf(
  quarantine: QuarantineBucket,
  keys: readonly string[],
  acceptUnsigned: boolean,
): Promise<ReasonCount[]> {
  const deadline = deadlineIn(systemClock, LIST_TIME_LIMIT_MS);
  const counts = new Map<string, ReasonCount>();
  await inPool(keys, CONCURRENT_READS, async (object) => {
    const content = await quarantine.get(object, { deadline, acceptUnsigned });
    if (content === 'gone') return;
    const found = reasonIn(content);
    const key = JSON.stringify(found);
    const known = counts.get(key) ?? { ...found, objects: 0 };
    counts.set(key, { ...known, objects: known.objects + 1 });
  });
  return [...counts.values()].sort((one, other) => other.objects - one.objects);
}

function reasonsText(reasons: readonly ReasonCount[], sampled: number, objects: number): string {
  if (reasons.length === 0) return '';
  const rows = reasons.map(({ stream, reason, httpStatus, meaning, limits, objects: of }) => [
    count(of),
    stream,
    httpStatus > 0 ? String(httpStatus) : '-',
    [reason, meaning, limits.length > 0 && `The record has: ${limits.join('; ')}.`].filter(Boolean).join(' '),
  ]);
  const basis = sampled < objects ? ` (from a sample of ${count(sampled)})` : '';
  return `Reasons${basis}:\n${table(['objects', 'stream', 'status', 'reason'], rows)}`;
}

const leftText = (remaining: number): string => {
  if (remaining === 0) return 'none is left';
  return remaining === 1
    ? '1 is left: Datadog refused it again, or it is not readable or not signed'
    : `${count(remaining)} are left: Datadog refused them again, or they are not readable or not signed`;
};

/** @throws {OpsError} when the prefix is that of another tenant */
function prefixBelow(root: string, prefix: string): string {
  if (prefix.startsWith(root)) return prefix;
  if (!isWholePrefix(prefix)) return root + prefix;
  const { code, message } = prefixOutside(root);
  throw new OpsError(
    code,
    message,
    'Give a prefix below it, such as alerts/2026/01/, or leave --prefix out to replay everything.',
  );
}

/**
 * Sends every quarantined record again, in as many calls of the function as that takes.
 * @returns whether no object is left
 * @throws {OpsError} when the function fails, or the prefix is another tenant's; {@link QuarantineError}
 */
export async function replay(
  aws: AwsClients,
  stack: ForwarderStack,
  options: ReplayOptions,
  output: Output,
): Promise<boolean> {
  const { tenant } = (await readFunction(aws, stack)).config;
  const { acceptUnsigned = false } = options;
  const root = quarantineRoot(tenant);
  const prefix = prefixBelow(root, options.prefix);
  const quarantine = quarantineOf(aws, stack, tenant);
  const list = () => quarantine.list(prefix, { deadline: deadlineIn(systemClock, LIST_TIME_LIMIT_MS) });
  const place = { stack: stack.name, bucket: stack.bucket, prefix };

  const keys = await list();
  if (options.dryRun) {
    const sample = sampleOf(keys);
    const reasons = await reasonsOf(quarantine, sample, acceptUnsigned);
    output.result(
      { ...place, objects: keys.length, sampled: sample.length, reasons },
      [
        `${counted(keys.length, 'record')} would be sent again from s3://${stack.bucket}/${prefix}`,
        reasonsText(reasons, sample.length, keys.length),
      ]
        .join('\n')
        .trim(),
    );
    return true;
  }

  let sent = 0;
  if (keys.length > 0) {
    await withProgress({
      text: () => `Replaying: ${count(sent)} of ${counted(keys.length, 'record')} sent`,
      done: () => `Replayed: ${count(sent)} of ${counted(keys.length, 'record')} sent`,
      work: async () => {
        // Each object once: the ones that Datadog refuses again must not block those after them.
        let after: string | undefined;
        for (;;) {
          const event = {
            action: 'replay' as const,
            prefix,
            ...(after !== undefined && { after }),
            ...(acceptUnsigned && { acceptUnsigned }),
          };
          const answer = await invokeAction<ReplayAnswer>(aws, stack, event);
          sent += answer.sent;
          if (answer.next === undefined || answer.next === (after ?? '')) return;
          after = answer.next;
        }
      },
    });
  }
  const rest = keys.length > 0 ? await list() : [];
  const remaining = rest.length;
  const left = sampleOf(rest);
  const reasons = await reasonsOf(quarantine, left, acceptUnsigned);
  const lines = [
    keys.length === 0
      ? `Nothing is in quarantine below s3://${stack.bucket}/${prefix}`
      : `${counted(sent, 'record')} sent and deleted, ${leftText(remaining)}.`,
    reasonsText(reasons, left.length, remaining),
  ];
  output.result({ ...place, objects: keys.length, sent, remaining, reasons }, lines.join('\n').trim());
  return remaining === 0;
}
