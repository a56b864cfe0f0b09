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
import { objectsOf } from './objects.ts';
import { ownersOf } from './ownership.ts';
import { orderNote } from './pipeline-order.ts';
import { remove, removeForgotten, removeUnknown } from './remove.ts';

const clock = systemClock;
const direct = axiosTransport();

type Deletion = Extract<CustomResourceRequest, { RequestType: 'Delete' }>;
type Update = Extract<CustomResourceRequest, { RequestType: 'Update' }>;

/**
 * Connects to Datadog. It reads the keys for each event, so that a key that was stored after a failure is used from the next event on.
 * @returns the API with a deadline
 */
function connect(config: Config, signal: AbortSignal): (deadline: Deadline) => DatadogApi {
  const client = secretsClient();
  const options = {
    transport: config.proxy ? axiosTransport(proxyWithSecret(config.proxy, client, clock)) : direct,
    apiKey: secretKey({ client, secretId: config.apiKeySecretId, owner: 'Datadog', clock }),
    appKey: secretKey({ client, secretId: config.appKeySecretId, owner: 'Datadog application', clock }),
    origin: config.apiOrigin,
    clock,
    random: () => Math.random(),
    signal,
  };
  return (deadline) => datadogApi({ ...options, deadline });
}

/** The search for what a failed attempt may have left; the rollback that waits for it must not fail. */
const MAX_SEARCH_MS = 20_000;

/** What follows after an item is installed or removed; its failure must not become that of the item. */
const MAX_FOLLOWING_MS = 30_000;

function start(request: CustomResourceRequest, timeLeftMs: number, signal: AbortSignal) {
  const wanted = wantedOf(request);
  const config = readConfig(process.env, wanted.destination);
  const deadline = deadlineIn(clock, timeLeftMs);
  /** The end of a part of the work, of `ms` milliseconds at most: half of the time that is left remains for the rest. */
  const within = (ms: number) => deadlineIn(clock, Math.min(ms, deadline.left() / 2));
  const connection = connect(config, signal);
  return {
    ...wanted,
    config,
    api: connection(deadline),
    apiWithin: (ms: number) => connection(within(ms)),
    within,
    owner: ownerOf(request, wanted.destination, wanted.former?.destination),
    formerOwner: ownerOf(request, wanted.former?.destination),
    signal,
  };
}

type Started = ReturnType<typeof start>;

/** Whether a resource that is at another destination now finds the same object at its former one: both are one organisation. */
async function isSameOrganisation(
  api: DatadogApi,
  { id }: Installed,
  { item, owner }: Started,
): Promise<boolean> {
  const object = await objectsOf(item.kind, api).look(id);
  return object !== undefined && ownersOf(item, object)[0] === owner.name;
}

/**
 * Removes what a failed update has created in place of the present object, if CloudFormation never learned its id: the answer was late,
 * or the update failed or was cancelled after the creation. CloudFormation then comes back with the former id and properties, and would
 * never delete it. An update that goes on to another object has nothing to look for: what it would find are copies of users.
 * @param installed the object that CloudFormation comes back to
 * @returns what the user should know
 */
async function withoutForgotten(installed: Installed, started: Started): Promise<Installed> {
  const { item, former, moved, formerOwner: owner, within, signal } = started;
  if (!former) return installed;
  const isAlike = isInterchangeable(former.item, item);
  if (isAlike && !moved) return installed;
  let place = 'Datadog';
  try {
    const config = readConfig(process.env, former.destination);
    place = `Datadog (${config.site}, ${config.apiOrigin})`;
    const api = connect(config, signal)(within(MAX_SEARCH_MS));
    const isHere = !moved || (await isSameOrganisation(api, installed, started));
    if (isAlike && isHere) return installed;
    const unknown = {
      owner,
      // The update that was cancelled may still be under way.
      isPatient: !moved,
      keep: installed.id,
      // Datadog may not have shown the object once.
      mayRemove: async () => isHere || !(await isSameOrganisation(api, installed, started)),
    };
    const note = await removeForgotten(api, former.item, unknown);
    return note === undefined ? installed : { ...installed, note };
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
  if (changed.id !== id) return changed;
  const isReplaced = moved && changed.outcome !== 'updated';
  const physicalId = isReplaced ? replacementId(id, former, destination) : former;
  const installed = physicalId === former ? await withoutForgotten(changed, started) : changed;
  return { ...installed, id: physicalId };
}

/** Does what follows from a change, and adds what the user should know about it. @param installed what was done */
async function followed(installed: Installed, started: Started): Promise<Installed> {
  const { apiWithin, item } = started;
  const api = apiWithin(MAX_FOLLOWING_MS);
  const links = () => linkBoards(api, item, { ...installed, id: datadogIdOf(installed.id) });
  const more = { pipeline: () => orderNote(api), dashboard: links, monitor: links, rule: () => undefined };
  const note = [installed.note, await more[item.kind]()].filter(Boolean).join(' ');
  return note === '' ? installed : { ...installed, note };
}

/** Does what follows from a deletion: only a board has links that lead to it. */
const followedDeletion = async (
  removed: Installed,
  { PhysicalResourceId: id }: Deletion,
  started: Started,
): Promise<Installed> => ({
  ...(started.item.kind === 'dashboard' ? await followed(removed, started) : removed),
  id,
});

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
    const started = start(request, timeLeftMs, signal);
    const { apiWithin, item, owner } = started;
    const removed = await removeUnknown(apiWithin(MAX_SEARCH_MS), id, item, { owner, isPatient: false });
    return await followedDeletion(removed, request, started);
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
    case 'Delete':
      return followedDeletion(await removal(request, started), request, started);
  }
}
