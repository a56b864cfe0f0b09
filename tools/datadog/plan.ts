import { CONTENT_KINDS, type ContentItem } from '../../lambda/content-installer/content-item.ts';
import type { DatadogApi } from '../../lambda/content-installer/datadog-api.ts';
import { canBecome, KINDS, nameOf } from '../../lambda/content-installer/kinds.ts';
import { markIn } from '../../lambda/content-installer/mark.ts';
import { type FoundObject, objectsOf } from '../../lambda/content-installer/objects.ts';
import { ORDER_COMMAND, readPipelineOrder } from '../../lambda/content-installer/pipeline-order.ts';
import { ForwarderError } from '../../lambda/shared/errors.ts';
import { table } from '../cli/table.ts';
import { changesOf } from './changes.ts';

/**
 * What a deployment would do with one object.
 * - `create`, `update`, `unchanged`: an item of ours.
 * - `replace`: an item of ours that Datadog cannot change as is wanted: it is created anew, and the former one is deleted.
 * - `foreign`: it has the name of an item and not our mark; it is left unchanged, next to ours.
 * - `copy`: it carries the mark of an item, but is a clone of the item's object; it is left unchanged.
 * - `leftover`: it carries our mark, and its item is not wanted: it is switched off, left out, or no longer exists.
 * - `unseen`: objects of a kind that is switched off, which Datadog does not list for these keys.
 * - `order`: a hosted log pipeline that runs after ours; it is left there, and a command moves ours.
 */
export type PlannedAction =
  | 'create'
  | 'update'
  | 'replace'
  | 'unchanged'
  | 'foreign'
  | 'copy'
  | 'leftover'
  | 'unseen'
  | 'order';

export interface PlanLine {
  action: PlannedAction;
  kind: ContentItem['kind'];
  /** The displayed name. */
  name: string;
  /** Datadog's id; undefined if it does not exist yet. */
  id?: string;
  /** Attributes that an update would change. */
  changes?: string[];
  /** Why Datadog does not list the objects. */
  reason?: string;
}

/** The plan for one item, and for every object that could be confused with it. */
async function planItem(
  api: DatadogApi,
  item: ContentItem,
  found: readonly FoundObject[],
): Promise<PlanLine[]> {
  const { kind, key } = item;
  const name = nameOf(kind, item.body);
  const line = (action: PlannedAction, object: FoundObject): PlanLine => ({
    action,
    kind,
    name: nameOf(kind, object.body),
    id: object.id,
  });
  const carrying = found.filter(({ body }) => markIn(kind, body)?.key === key);
  const ours = carrying.find(({ body }) => nameOf(kind, body) === name) ?? carrying[0];
  const others = [
    ...found
      .filter(({ body }) => markIn(kind, body) === undefined && nameOf(kind, body) === name)
      .map((object) => line('foreign', object)),
    ...carrying.filter((object) => object !== ours).map((object) => line('copy', object)),
  ];
  // A list does not hold all attributes.
  const whole = ours && (await objectsOf(kind, api).look(ours.id));
  if (!whole) return [{ action: 'create', kind, name }, ...others];
  const changes = changesOf(item, whole.body);
  const action = canBecome(kind, whole.body, item.body) ? 'update' : 'replace';
  return changes.length === 0
    ? [line('unchanged', whole), ...others]
    : [{ ...line(action, whole), name, changes }, ...others];
}

/** The hosted pipelines that run after ours. */
async function planOrder(api: DatadogApi, found: readonly FoundObject[]): Promise<PlanLine[]> {
  const order = await readPipelineOrder(api, found);
  return (order?.after ?? []).map(({ id, body }) => ({
    action: 'order',
    kind: 'pipeline',
    name: nameOf('pipeline', body),
    id,
  }));
}

/** Objects of ours that are not wanted. */
const leftovers = (
  kind: ContentItem['kind'],
  found: readonly FoundObject[],
  wanted: readonly ContentItem[],
): PlanLine[] =>
  found.flatMap(({ id, body }) => {
    const key = markIn(kind, body)?.key;
    const isLeft = key !== undefined && !wanted.some((item) => item.key === key);
    return isLeft ? [{ action: 'leftover', kind, name: nameOf(kind, body), id }] : [];
  });

/** The plan for everything of one kind. */
async function planKind(
  api: DatadogApi,
  kind: ContentItem['kind'],
  wanted: readonly ContentItem[],
): Promise<PlanLine[]> {
  const found = await objectsOf(kind, api).list();
  const lines: PlanLine[] = [];
  for (const item of wanted) lines.push(...(await planItem(api, item, found)));
  if (kind === 'pipeline') lines.push(...(await planOrder(api, found)));
  return [...lines, ...leftovers(kind, found, wanted)];
}

/**
 * What a deployment would do in an organisation. Changes nothing.
 * @param items that are wanted; of a kind without any, the objects of ours are leftovers
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function planContent(api: DatadogApi, items: readonly ContentItem[]): Promise<PlanLine[]> {
  const lines: PlanLine[] = [];
  for (const kind of CONTENT_KINDS) {
    const wanted = items.filter((item) => item.kind === kind);
    try {
      lines.push(...(await planKind(api, kind, wanted)));
    } catch (error) {
      // A kind may be off because the organisation lacks the product, or the keys the permission.
      if (wanted.length > 0 || !(error instanceof ForwarderError)) throw error;
      lines.push({ action: 'unseen', kind, name: `Every ${KINDS[kind].label}`, reason: error.message });
    }
  }
  return lines;
}

const MEANINGS: Readonly<Record<PlannedAction, string>> = {
  create: 'would be created',
  update: 'would be changed',
  replace: 'would be created anew, because Datadog cannot change it as is wanted, and the former one deleted',
  unchanged: 'is up to date',
  foreign: 'is not ours and is left unchanged',
  copy: 'is a copy of ours and is left unchanged',
  leftover:
    'is ours and not wanted: a deployment of the stack that installed it deletes it; delete one that was imported by hand yourself',
  unseen: 'is switched off, and Datadog does not list those that are left over:',
  order: `runs after ours and joins values of several events; ${ORDER_COMMAND} moves ours below it`,
};

/** A plan as text: one line for each object, and the sums. */
export function planText(lines: readonly PlanLine[]): string {
  const rows = lines.map(({ action, kind, name, id, changes, reason }) => {
    const what = changes ? ` (${changes.join(', ')})` : reason ? ` ${reason}` : '';
    return [action, KINDS[kind].label, `${name}${id ? ` [${id}]` : ''} ${MEANINGS[action]}${what}`];
  });
  const count = (action: PlannedAction) => lines.filter((line) => line.action === action).length;
  const sums = (['create', 'update', 'replace', 'unchanged', 'leftover'] as const)
    .filter((action) => !['replace', 'leftover'].includes(action) || count(action) > 0)
    .map((action) => `${count(action)} ${action}`);
  return [table(undefined, rows), '', sums.join(', ')].join('\n');
}
