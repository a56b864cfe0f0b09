import { AWS_PARTITIONS, partitionOf } from '../shared/aws-partitions.ts';
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

/** Where answers may go. */
export interface AnswerPlaces {
  /** The region of the function, and so of the stack. */
  region: string | undefined;
  /** An origin that is allowed in addition to CloudFormation's own bucket. */
  allowedOrigin?: string | undefined;
}

/**
 * The hosts of CloudFormation's own bucket in a region, in each form that S3 has had. A bucket with more after the name of the region, or
 * in another partition, may be anyone's.
 */
function hostsOfCloudFormation(region: string): string[] {
  const bucket = `cloudformation-custom-resource-response-${region.replaceAll('-', '')}`;
  const { suffix } = AWS_PARTITIONS[partitionOf(region)];
  return ['s3', `s3.${region}`, `s3-${region}`, `s3.dualstack.${region}`].map(
    (s3) => `${bucket}.${s3}.${suffix}`,
  );
}

function isOfCloudFormation(
  { protocol, host, origin }: URL,
  { region, allowedOrigin }: AnswerPlaces,
): boolean {
  if (origin === allowedOrigin) return true;
  return protocol === 'https:' && region !== undefined && hostsOfCloudFormation(region).includes(host);
}

/** The answer to CloudFormation. */
export interface CustomResourceAnswer {
  status: 'SUCCESS' | 'FAILED';
  physicalId: string;
  /** What happened; shown in the stack's events when it failed. */
  reason?: string;
}

export interface RespondOptions extends AnswerPlaces {
  transport: Transport;
  clock: Clock;
  random: Random;
  /** Milliseconds until the function is killed. */
  timeLeftMs: number;
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
 * @throws {ContentError} when the response URL is not CloudFormation's
 */
export function assertFromCloudFormation(url: string, places: AnswerPlaces): void {
  const place = new URL(url);
  if (isOfCloudFormation(place, places)) return;
  throw new ContentError(
    'foreign-response-url',
    `The response URL on ${place.host} does not belong to CloudFormation.`,
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
  { transport, clock, random, timeLeftMs, ...places }: RespondOptions,
): Promise<void> {
  const url = request.ResponseURL;
  assertFromCloudFormation(url, places);
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
