import type { Logger } from '@aws-lambda-powertools/logger';
import type { LogEvent } from '../contract.ts';
import { secretsClient } from '../shared/aws/clients.ts';
import type { InvocationContext } from '../shared/aws/invocation-context.ts';
import { ownLogger } from '../shared/aws/own-logger.ts';
import { proxyWithSecret } from '../shared/aws/proxy.ts';
import { secretKey } from '../shared/aws/secret-key.ts';
import { axiosTransport } from '../shared/axios-transport.ts';
import { deadlineIn, systemClock } from '../shared/clock.ts';
import { ForwarderError } from '../shared/errors.ts';
import { unexpected } from '../shared/unexpected.ts';
import { VERSION } from '../shared/version.ts';
import { type Config, readConfig } from './config.ts';
import { ContentError } from './content-error.ts';
import {
  type CustomResourceRequest,
  isNotCreated,
  itemOf,
  physicalIdOf,
  requestOf,
} from './custom-resource.ts';
import { type DatadogApi, datadogApi } from './datadog-api.ts';
import { create, type Installed, remove, update } from './install.ts';
import { type CustomResourceAnswer, respond } from './respond.ts';

/** Reserved at the end of an invocation for the answer to CloudFormation. */
const ANSWER_RESERVE_MS = 15_000;

const clock = systemClock;
const random = () => Math.random();
/** Also for the answers, which go to AWS. */
const direct = axiosTransport();

/** Reads the keys for each event, so that a key that was stored after a failure is used from the next event on. */
function connect(config: Config, timeLeftMs: number, signal: AbortSignal): DatadogApi {
  const client = secretsClient();
  return datadogApi({
    transport: config.proxy ? axiosTransport(proxyWithSecret(config.proxy, client, clock)) : direct,
    apiKey: secretKey({ client, secretId: config.apiKeySecretId, owner: 'Datadog', clock }),
    appKey: secretKey({ client, secretId: config.appKeySecretId, owner: 'Datadog application', clock }),
    origin: config.apiOrigin,
    clock,
    random,
    deadline: deadlineIn(clock, timeLeftMs),
    signal,
  });
}

async function carryOut(
  request: CustomResourceRequest,
  timeLeftMs: number,
  signal: AbortSignal,
): Promise<Installed> {
  const id = physicalIdOf(request);
  // Before anything that may fail: a rollback must succeed without keys and configuration.
  if (request.RequestType === 'Delete' && isNotCreated(id)) return { id, outcome: 'already-gone' };
  const item = itemOf(request);
  const api = connect(readConfig(process.env), timeLeftMs, signal);
  switch (request.RequestType) {
    case 'Create':
      return create(api, item);
    case 'Update':
      return update(api, id, item);
    case 'Delete':
      return remove(api, id, item);
  }
}

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
 * @throws {z.ZodError} when the event is not CloudFormation's; {@link ContentError} when the answer could not be sent
 */
export async function handler(event: unknown, context: InvocationContext): Promise<void> {
  const request = requestOf(event);
  const logger = ownLogger({
    serviceName: 'valence-content-installer',
    fields: { request: request.RequestType, resource: request.LogicalResourceId },
    level: 'INFO',
  });
  const answer = await answerTo(request, context, logger);
  await respond(request, answer, {
    transport: direct,
    clock,
    random,
    timeLeftMs: context.getRemainingTimeInMillis(),
    allowedOrigin: process.env['CLOUDFORMATION_RESPONSE_ORIGIN'],
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
    const { id, outcome } = await Promise.race([carryOut(request, timeLeftMs, signal), timeIsOver(signal)]);
    logger.info('Done.', { event: 'content-request-finished' satisfies LogEvent, id, outcome });
    return { status: 'SUCCESS', physicalId: id };
  } catch (error) {
    const { code, reason } = failure(error);
    logger.error('Failed.', { event: 'content-request-failed' satisfies LogEvent, code, reason });
    return { status: 'FAILED', physicalId: physicalIdOf(request), reason };
  }
}
