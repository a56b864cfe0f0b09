import { CONTENT_KINDS, type ContentItem } from '../../lambda/content-installer/content-item.ts';
import type { DatadogApi } from '../../lambda/content-installer/datadog-api.ts';
import { canBecome, KINDS, nameOf } from '../../lambda/content-installer/kinds.ts';
import { markIn } from '../../lambda/content-installer/mark.ts';
import { type FoundObject, objectsOf } from '../../lambda/content-installer/objects.ts';
import { ORDER_COMMAND, readPipelineOrder } from '../../lambda/content-installer/pipeline-order.ts';
import { table } from '../cli/table.ts';
import { changesOf } from './changes.ts';

/**
 * What a deployment would do with one object.
 * - `create`, `update`, `unchanged`: an item of ours.
 * - `replace`: an item of ours that Datadog cannot change as is wanted: it is created anew, and the former one is deleted.
 * - `foreign`: it has the name of an item and not our mark; it is left unchanged, next to ours.
 * - `copy`: it carries the mark of an item, but is a clone of the item's object; it is left unchanged.
 * - `leftover`: it carries our mark, but its item no longer exists: the stack that installed it removes it.
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

/**
 * What a deployment would do in an organisation. Changes nothing.
 * @throws as {@link DatadogApi.repeatable} does
 */
export async function planContent(api: DatadogApi, items: readonly ContentItem[]): Promise<PlanLine[]> {
  const lines: PlanLine[] = [];
  for (const kind of CONTENT_KINDS) {
    const wanted = items.filter((item) => item.kind === kind);
    if (wanted.length === 0) continue;
    const found = await objectsOf(kind, api).list();
    for (const item of wanted) lines.push(...(await planItem(api, item, found)));
    if (kind === 'pipeline') lines.push(...(await planOrder(api, found)));
    const keys = wanted.map(({ key }) => key);
    for (const { id, body } of found) {
      const key = markIn(kind, body)?.key;
      if (key !== undefined && !keys.includes(key)) {
        lines.push({ action: 'leftover', kind, name: nameOf(kind, body), id });
      }
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
  leftover: 'is not part of the content any more; the stack that installed it removes it',
  order: `runs after ours and joins values of several events; ${ORDER_COMMAND} moves ours below it`,
};

/** A plan as text: one line for each object, and the sums. */
export function planText(lines: readonly PlanLine[]): string {
  const rows = lines.map(({ action, kind, name, id, changes }) => {
    const what = changes ? ` (${changes.join(', ')})` : '';
    return [action, KINDS[kind].label, `${name}${id ? ` [${id}]` : ''} ${MEANINGS[action]}${what}`];
  });
  const count = (action: PlannedAction) => lines.filter((line) => line.action === action).length;
  const sums = (['create', 'update', 'replace', 'unchanged'] as const)
    .filter((action) => action !== 'replace' || count(action) > 0)
    .map((action) => `${count(action)} ${action}`);
  return [table(undefined, rows), '', sums.join(', ')].join('\n');
}
