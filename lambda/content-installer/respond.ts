import { AWS_SUFFIX } from '../shared/aws-partitions.ts';
import type { Clock, Random } from '../shared/clock.ts';
import { deadlineIn } from '../shared/clock.ts';
import { HttpFailure, placeOf, type Transport } from '../shared/http.ts';
import { outcomeOf } from '../shared/outcome.ts';
import { type Attempt, withRetries } from '../shared/retry.ts';
import { visibleText } from '../shared/visible-text.ts';
import { ContentError } from './content-error.ts';
import type { CustomResourceRequest } from './custom-resource.ts';

/** Source: CloudFormation user guide, "Custom resource response objects": an answer over 4096 bytes is a failure. */
const MAX_ANSWER_BYTES = 4096;
/** Reserved for the other fields and for escapes in JSON. */
const MAX_REASON_LENGTH = 2000;
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_S3_ANSWER_BYTES = 100_000;

/** The buckets of CloudFormation, whose names and addresses differ slightly by region. */
const CLOUDFORMATION_BUCKET = new RegExp(
  `^https://cloudformation-custom-resource-response-[a-z0-9-]+\\.s3([.-][a-z0-9]+)*\\.(${AWS_SUFFIX})/`,
);

/** The answer to CloudFormation. */
export interface CustomResourceAnswer {
  status: 'SUCCESS' | 'FAILED';
  physicalId: string;
  /** What happened; shown in the stack's events when it failed. */
  reason?: string;
}

export interface RespondOptions {
  transport: Transport;
  clock: Clock;
  random: Random;
  /** Milliseconds until the function is killed. */
  timeLeftMs: number;
  /** An origin that is allowed in addition to CloudFormation's own buckets. */
  allowedOrigin?: string | undefined;
}

function answerText(request: CustomResourceRequest, { status, physicalId, reason }: CustomResourceAnswer) {
  const text = (shownReason: string) =>
    JSON.stringify({
      Status: status,
      Reason: shownReason,
      PhysicalResourceId: physicalId,
      StackId: request.StackId,
      RequestId: request.RequestId,
      LogicalResourceId: request.LogicalResourceId,
    });
  let shown = visibleText(reason ?? '').slice(0, MAX_REASON_LENGTH);
  while (Buffer.byteLength(text(shown)) > MAX_ANSWER_BYTES && shown !== '') {
    shown = shown.slice(0, Math.floor(shown.length / 2));
  }
  return text(shown);
}

/**
 * Refuses an event that would have its answer sent elsewhere than to CloudFormation, before anything is done for it.
 * @param allowedOrigin see {@link RespondOptions}
 * @throws {ContentError} when the response URL is not CloudFormation's
 */
export function assertFromCloudFormation(url: string, allowedOrigin: string | undefined): void {
  if (CLOUDFORMATION_BUCKET.test(url) || new URL(url).origin === allowedOrigin) return;
  throw new ContentError(
    'foreign-response-url',
    `The response URL on ${new URL(url).host} does not belong to CloudFormation.`,
    'Invoke this function only from CloudFormation.',
  );
}

/**
 * Sends CloudFormation the answer that it waits for.
 * @throws {ContentError} when the response URL is not CloudFormation's, or does not accept the answer. Lambda then
 *   repeats the whole event, which is harmless.
 */
export async function respond(
  request: CustomResourceRequest,
  answer: CustomResourceAnswer,
  { transport, clock, random, timeLeftMs, allowedOrigin }: RespondOptions,
): Promise<void> {
  const url = request.ResponseURL;
  assertFromCloudFormation(url, allowedOrigin);
  const deadline = deadlineIn(clock, timeLeftMs);
  const body = Buffer.from(answerText(request, answer));

  const attempt = async (): Promise<Attempt<undefined>> => {
    const put = {
      method: 'PUT' as const,
      url,
      // The address is signed for an empty content type.
      headers: { 'content-type': '' },
      body,
      timeoutMs: Math.min(REQUEST_TIMEOUT_MS, Math.max(1, deadline.left())),
      maxResponseBytes: MAX_S3_ANSWER_BYTES,
    };
    const problem = (what: string) =>
      new ContentError(
        'answer-refused',
        `CloudFormation did not get the answer: ${what}`,
        'CloudFormation gives up after the timeout of the resource. Then deploy again.',
      );
    try {
      const { status } = await transport(put);
      const outcome = outcomeOf(status);
      if (outcome === 'success') return { done: undefined };
      const refused = problem(`${status} to ${placeOf(put)}.`);
      if (outcome === 'retry') return { failed: refused };
      throw refused;
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      return { failed: problem(error.message) };
    }
  };
  await withRetries(attempt, { clock, random, deadline, doing: 'answering CloudFormation' });
}
