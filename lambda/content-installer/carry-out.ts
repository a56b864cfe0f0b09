import { secretsClient } from '../shared/aws/clients.ts';
import { proxyWithSecret } from '../shared/aws/proxy.ts';
import { secretKey } from '../shared/aws/secret-key.ts';
import { axiosTransport } from '../shared/axios-transport.ts';
import { type Deadline, deadlineIn, systemClock } from '../shared/clock.ts';
import { ForwarderError } from '../shared/errors.ts';
import { type Config, readConfig } from './config.ts';
import { ContentError } from './content-error.ts';
import {
  type CustomResourceRequest,
  datadogIdOf,
  isNotCreated,
  ownerOf,
  replacementId,
  wantedOf,
} from './custom-resource.ts';
import { type DatadogApi, datadogApi } from './datadog-api.ts';
import { create, type Installed, update } from './install.ts';
import { isDatadogId, isInterchangeable, KINDS, nameOf } from './kinds.ts';
import { linkBoards } from './link-boards.ts';
import { orderNote } from './pipeline-order.ts';
import { remove, removeUnknown } from './remove.ts';

const clock = systemClock;
const direct = axiosTransport();

type Deletion = Extract<CustomResourceRequest, { RequestType: 'Delete' }>;
type Update = Extract<CustomResourceRequest, { RequestType: 'Update' }>;

/** Reads the keys for each event, so that a key that was stored after a failure is used from the next event on. */
function connect(config: Config, deadline: Deadline, signal: AbortSignal): DatadogApi {
  const client = secretsClient();
  return datadogApi({
    transport: config.proxy ? axiosTransport(proxyWithSecret(config.proxy, client, clock)) : direct,
    apiKey: secretKey({ client, secretId: config.apiKeySecretId, owner: 'Datadog', clock }),
    appKey: secretKey({ client, secretId: config.appKeySecretId, owner: 'Datadog application', clock }),
    origin: config.apiOrigin,
    clock,
    random: () => Math.random(),
    deadline,
    signal,
  });
}

/** The search for what a failed attempt may have left; the rollback that waits for it must not fail. */
const MAX_SEARCH_MS = 20_000;

function start(request: CustomResourceRequest, timeLeftMs: number, signal: AbortSignal) {
  const wanted = wantedOf(request);
  const config = readConfig(process.env, wanted.destination);
  const deadline = deadlineIn(clock, timeLeftMs);
  const api = connect(config, deadline, signal);
  const owner = ownerOf(request, wanted.destination, wanted.former?.destination);
  const formerOwner = ownerOf(request, wanted.former?.destination);
  return { ...wanted, config, api, owner, formerOwner, deadline, signal };
}

type Started = ReturnType<typeof start>;

/**
 * Removes what an earlier update has created in place of the present object, if CloudFormation never learned its id: the answer was
 * late, or the update failed or was cancelled after the creation. CloudFormation then comes back with the former id and properties, and
 * would never delete it. The object that it knows stays, because a rollback needs it, and so does the one that it is about to learn of.
 * @param known Datadog's ids of both
 * @returns what the user should know
 */
async function withoutForgotten(
  installed: Installed,
  known: readonly string[],
  started: Started,
): Promise<Installed> {
  const { item, former, moved, formerOwner: owner, deadline, signal } = started;
  const isInPlace = installed.outcome === 'updated';
  if (!former || (isInPlace && !moved && isInterchangeable(former.item, item))) return installed;
  let place = 'Datadog';
  try {
    const config = readConfig(process.env, former.destination);
    place = `Datadog (${config.site}, ${config.apiOrigin})`;
    const api = connect(config, deadlineIn(clock, Math.min(deadline.left(), MAX_SEARCH_MS)), signal);
    // Only a rollback leads back to an object that could not have become the former one; the cancelled update may still be under way.
    const isPatient = isInPlace && !moved;
    await removeUnknown(api, installed.id, former.item, { owner, isPatient, keep: known });
    return installed;
  } catch (error) {
    if (!(error instanceof ForwarderError)) throw error;
    const what = `${KINDS[former.item.kind].label} "${nameOf(former.item.kind, former.item.body)}"`;
    return {
      ...installed,
      note: `If a deployment failed before, look for a second ${what} in ${place}. It was not looked for: ${error.message}`,
    };
  }
}

async function change({ PhysicalResourceId: former }: Update, started: Started): Promise<Installed> {
  const { api, item, owner, moved, destination } = started;
  const id = datadogIdOf(former);
  // Two organisations have an object of this id, so it does not tell which one this is.
  const isAmbiguous = moved && id !== former;
  const changed = await (isAmbiguous ? create(api, item, owner) : update(api, id, item, { owner, moved }));
  const installed = await withoutForgotten(changed, [id, changed.id], started);
  if (installed.id !== id) return installed;
  const isReplaced = moved && installed.outcome !== 'updated';
  return { ...installed, id: isReplaced ? replacementId(id, former, destination) : former };
}

/** Does what follows from a change, and adds what the user should know about it. @param installed what was done */
async function followed(installed: Installed, { api, item }: Started): Promise<Installed> {
  const links = () => linkBoards(api, item, { ...installed, id: datadogIdOf(installed.id) });
  const more = { pipeline: () => orderNote(api), dashboard: links, monitor: links, rule: () => undefined };
  const note = [installed.note, await more[item.kind]()].filter(Boolean).join(' ');
  return note === '' ? installed : { ...installed, note };
}

async function removal({ PhysicalResourceId }: Deletion, { api, item, owner, config }: Started) {
  const id = datadogIdOf(PhysicalResourceId);
  try {
    return await (isDatadogId(item.kind, id)
      ? remove(api, id, item, owner)
      : removeUnknown(api, id, item, { owner, isPatient: true }));
  } catch (error) {
    if (!(error instanceof ForwarderError)) throw error;
    const what = `The ${KINDS[item.kind].label} "${nameOf(item.kind, item.body)}" (${id})`;
    throw new ContentError(
      error.code,
      `${what} was not removed from Datadog (${config.site}, ${config.apiOrigin}): ${error.message}`,
      `${error.fix} Or delete it there by hand.`,
    );
  }
}

/** A rollback must succeed without keys and configuration: what stays behind, the next deployment adopts. */
async function afterFailure(request: Deletion, timeLeftMs: number, signal: AbortSignal): Promise<Installed> {
  const id = request.PhysicalResourceId;
  try {
    const { api, item, owner } = start(request, Math.min(timeLeftMs / 2, MAX_SEARCH_MS), signal);
    return await removeUnknown(api, id, item, { owner, isPatient: false });
  } catch (error) {
    if (!(error instanceof ForwarderError)) throw error;
    return { id, outcome: 'already-gone' };
  }
}

/**
 * Does what CloudFormation asks for.
 * @param timeLeftMs milliseconds until it must have ended
 * @param signal aborts it
 * @returns what was done, under the physical id
 * @throws {ForwarderError} for which the user can do something
 */
export async function carryOut(
  request: CustomResourceRequest,
  timeLeftMs: number,
  signal: AbortSignal,
): Promise<Installed> {
  if (request.RequestType === 'Delete' && isNotCreated(request.PhysicalResourceId)) {
    return afterFailure(request, timeLeftMs, signal);
  }
  const started = start(request, timeLeftMs, signal);
  switch (request.RequestType) {
    case 'Create':
      return followed(await create(started.api, started.item, started.owner), started);
    case 'Update':
      return followed(await change(request, started), started);
    case 'Delete': {
      const removed = { ...(await removal(request, started)), id: request.PhysicalResourceId };
      // Only a board has links that lead to it.
      return started.item.kind === 'dashboard' ? followed(removed, started) : removed;
    }
  }
}
