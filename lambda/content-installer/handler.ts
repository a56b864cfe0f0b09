import type { Logger } from '@aws-lambda-powertools/logger';
import type { LogEvent } from '../contract.ts';
import type { InvocationContext } from '../shared/aws/invocation-context.ts';
import { ownLogger } from '../shared/aws/own-logger.ts';
import { axiosTransport } from '../shared/axios-transport.ts';
import { systemClock } from '../shared/clock.ts';
import { ForwarderError } from '../shared/errors.ts';
import { unexpected } from '../shared/unexpected.ts';
import { VERSION } from '../shared/version.ts';
import { carryOut } from './carry-out.ts';
import { ContentError } from './content-error.ts';
import { type CustomResourceRequest, physicalIdOf, requestOf } from './custom-resource.ts';
import { assertFromCloudFormation, type CustomResourceAnswer, respond } from './respond.ts';

/** Reserved at the end of an invocation for the answer to CloudFormation. */
const ANSWER_RESERVE_MS = 15_000;

const clock = systemClock;
const random = () => Math.random();
/** Answers go to AWS without a proxy. */
const direct = axiosTransport();

/** Rejects when the time is over, even if the work is still waiting. */
const timeIsOver = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () =>
      reject(
        new ContentError(
          'out-of-time',
          'The function ran out of time before Datadog had answered every request.',
          'Deploy again: the deployment continues with what is already installed.',
        ),
      ),
    );
  });

function failure(error: unknown): { reason: string; code: string } {
  if (error instanceof ForwarderError) {
    return { code: error.code, reason: `${error.message} Fix: ${error.fix}` };
  }
  const group = process.env['AWS_LAMBDA_LOG_GROUP_NAME'];
  return {
    code: 'unexpected',
    reason: `Unexpected ${unexpected(error)} in the installer ${VERSION}. Fix: please report it with the log of ${group ?? 'the function'}.`,
  };
}

/**
 * Entry of the function behind the custom resources: installs, changes or removes one item, and always answers.
 * @param event what CloudFormation asks for
 * @throws {z.ZodError} when the event is not CloudFormation's; {@link ContentError} when its answer would go elsewhere, or could not be
 *   sent
 */
export async function handler(event: unknown, context: InvocationContext): Promise<void> {
  const request = requestOf(event);
  const logger = ownLogger({
    serviceName: 'valence-content-installer',
    fields: { request: request.RequestType, resource: request.LogicalResourceId },
    level: 'INFO',
  });
  const places = {
    region: process.env['AWS_REGION'],
    allowedOrigin: process.env['CLOUDFORMATION_RESPONSE_ORIGIN'],
  };
  assertFromCloudFormation(request.ResponseURL, places);
  const answer = await answerTo(request, context, logger);
  await respond(request, answer, {
    transport: direct,
    clock,
    random,
    timeLeftMs: context.getRemainingTimeInMillis(),
    ...places,
  });
}

async function answerTo(
  request: CustomResourceRequest,
  context: InvocationContext,
  logger: Logger,
): Promise<CustomResourceAnswer> {
  try {
    const timeLeftMs = Math.max(1, Math.floor(context.getRemainingTimeInMillis()) - ANSWER_RESERVE_MS);
    const signal = AbortSignal.timeout(timeLeftMs);
    const work = carryOut(request, timeLeftMs, signal);
    const { id, outcome, note } = await Promise.race([work, timeIsOver(signal)]);
    logger.info('Done.', { event: 'content-request-finished' satisfies LogEvent, id, outcome, note });
    return { status: 'SUCCESS', physicalId: id, ...(note !== undefined && { reason: note }) };
  } catch (error) {
    const { code, reason } = failure(error);
    logger.error('Failed.', { event: 'content-request-failed' satisfies LogEvent, code, reason });
    return { status: 'FAILED', physicalId: physicalIdOf(request), reason };
  }
}
