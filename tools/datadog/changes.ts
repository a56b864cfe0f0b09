import { isDeepStrictEqual } from 'node:util';
import { withSearches } from '../../lambda/content-installer/board-link.ts';
import type { ContentItem } from '../../lambda/content-installer/content-item.ts';
import { derivedIn, KINDS } from '../../lambda/content-installer/kinds.ts';
import { markIn, withMark } from '../../lambda/content-installer/mark.ts';
import { isObject, type JsonObject } from '../../lambda/shared/json.ts';

/** Nothing, in one of the ways that Datadog writes it: it leaves out an empty list or object, or shows null for it. */
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

/** Whether the object already has all attributes that would be sent; attributes that the server adds do not count. */
function isIn(sent: unknown, found: unknown): boolean {
  if (isEmpty(sent) && isEmpty(found)) return true;
  if (Array.isArray(sent)) {
    return (
      Array.isArray(found) && sent.length === found.length && sent.every((item, n) => isIn(item, found[n]))
    );
  }
  if (isObject(sent)) {
    return isObject(found) && Object.entries(sent).every(([name, value]) => isIn(value, found[name]));
  }
  return isDeepStrictEqual(sent, found);
}

const optionsOf = (body: JsonObject): JsonObject => (isObject(body.options) ? body.options : {});

/** The window that the server uses for anomalies instead of a shorter one, in seconds. */
const ANOMALY_WINDOW = 1800;

/** A body as the server echoes it, where that differs from what was sent. Source: recorded exchanges. */
function echoed({ kind, body }: ContentItem, found: JsonObject): JsonObject {
  const [options, shown] = [optionsOf(body), optionsOf(found)];
  if (
    kind === 'rule' &&
    options.detectionMethod === 'anomaly_detection' &&
    Number(options.evaluationWindow) < ANOMALY_WINDOW &&
    shown.evaluationWindow === ANOMALY_WINDOW
  ) {
    return { ...body, options: { ...options, evaluationWindow: ANOMALY_WINDOW } };
  }
  if (kind === 'monitor' && options.on_missing_data === 'default' && shown.on_missing_data === undefined) {
    const { on_missing_data: _, ...others } = options;
    return { ...body, options: others };
  }
  return body;
}

/**
 * The attributes of an object that an update would change.
 * @param item what would be sent
 * @param found the whole object
 */
export function changesOf(item: ContentItem, found: JsonObject): string[] {
  const ignored = [...derivedIn(item.kind, item.body), ...(KINDS[item.kind].onlyOnCreate ?? [])];
  // The installer turns searches into links.
  const defined = withSearches(found);
  const sent = withMark({ ...item, body: echoed(item, found) }, markIn(item.kind, found)?.owners);
  return Object.entries(sent)
    .filter(([name, value]) => !ignored.includes(name) && !isIn(value, defined[name]))
    .map(([name]) => name);
}
