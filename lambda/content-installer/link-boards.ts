import { ForwarderError } from '../shared/errors.ts';
import { linked, linksIn, queryOf } from './board-link.ts';
import type { ContentItem, ContentKind } from './content-item.ts';
import type { DatadogApi } from './datadog-api.ts';
import type { Installed, Outcome } from './install.ts';
import { nameOf, settableOf } from './kinds.ts';
import { markIn } from './mark.ts';
import { type FoundObject, objectsOf } from './objects.ts';
import { seen } from './seen.ts';

/** The name of a monitor with a link begins with it. It spares the monitors of others, of which there may be thousands. */
export const MONITOR_PREFIX = 'Valence: ';

const INSTALLED: readonly Outcome[] = ['created', 'adopted', 'updated'];

/** The outcomes after which the object of a deleted resource still is a board of ours. */
const OTHERS_HAVE_IT: readonly Outcome[] = ['left-alone', 'handed-back'];

/** The boards that an item names, itself included, by their queries; the oldest of those with one title. */
async function boardsOf(api: DatadogApi, { kind, key, body }: ContentItem, { id, outcome }: Installed) {
  const isBoard = kind === 'dashboard';
  const own = queryOf(key, nameOf(kind, body));
  const named = [...linksIn(body), ...(isBoard ? [own] : [])];
  const ids = new Map<string, string>();
  // A list may still show what was removed, and what was replaced.
  if (isBoard && INSTALLED.includes(outcome)) ids.set(own, id);
  for (const board of await objectsOf('dashboard', api).list()) {
    const query = queryOf(markIn('dashboard', board.body)?.key ?? '', nameOf('dashboard', board.body));
    const isGone = board.id === id && !OTHERS_HAVE_IT.includes(outcome);
    if (named.includes(query) && !ids.has(query) && !isGone) ids.set(query, board.id);
  }
  return ids;
}

/**
 * Our monitors, the oldest of those with one mark: later ones are clones. Datadog finds the prefix anywhere in a name, and a clone whose
 * original is gone would be the oldest.
 */
async function ourMonitors(api: DatadogApi): Promise<string[]> {
  const ids = new Map<string, string>();
  for (const { id, body } of await objectsOf('monitor', api).list({ name: MONITOR_PREFIX })) {
    const key = nameOf('monitor', body).startsWith(MONITOR_PREFIX) ? markIn('monitor', body)?.key : undefined;
    if (key !== undefined && linksIn(body).length > 0 && !ids.has(key)) ids.set(key, id);
  }
  return [...ids.values()];
}

/** Replaces an object if its links are others than they should be. What a person has edited in it stays. */
async function relink(
  api: DatadogApi,
  kind: ContentKind,
  ids: ReadonlyMap<string, string>,
  look: () => Promise<FoundObject | undefined>,
): Promise<void> {
  const found = await look();
  if (!found) return;
  const body = linked(found.body, ids);
  if (JSON.stringify(body) === JSON.stringify(found.body)) return;
  await objectsOf(kind, api).replace(found.id, settableOf(kind, body));
}

/**
 * Makes the links to boards lead to the boards, after an item was installed, changed or removed: after a board those of all our boards
 * and monitors, after a monitor its own. It never fails: the item itself is installed, and its links work as searches.
 * @param installed what was done with the item, with Datadog's id
 * @returns what the user should know about links that are not right now
 */
export async function linkBoards(
  api: DatadogApi,
  item: ContentItem,
  installed: Installed,
): Promise<string | undefined> {
  const { id } = installed;
  const problems = new Set<string>();
  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ForwarderError)) throw error;
      problems.add(error.message);
      return undefined;
    }
  }
  const ids = await attempt(() => boardsOf(api, item, installed));
  if (!ids) return noteOn(problems);
  const boards = item.kind === 'dashboard' ? [...ids.values()] : [];
  for (const board of boards) {
    const { look } = objectsOf('dashboard', api);
    // A board that was just created may not be visible yet.
    await attempt(() =>
      relink(api, 'dashboard', ids, () => (board === id ? seen(api, () => look(board)) : look(board))),
    );
  }
  const monitors = item.kind === 'monitor' ? [id] : await attempt(() => ourMonitors(api));
  for (const monitor of monitors ?? []) {
    await attempt(() => relink(api, 'monitor', ids, () => objectsOf('monitor', api).look(monitor)));
  }
  return noteOn(problems);
}

const noteOn = (problems: ReadonlySet<string>) =>
  problems.size === 0
    ? undefined
    : `Some links between boards may search the list of boards, or lead to a removed board, until a board changes again: ${[...problems].join(' ')}`;
