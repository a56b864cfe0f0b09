import { isObject, type JsonObject } from '../../../lambda/shared/json.ts';
import type { Status } from './status.ts';

/** A log as Datadog holds it. */
export interface ProcessedLog {
  source: string;
  service: string;
  status: Status;
  /** Epoch milliseconds. */
  timestamp: number;
  message: string;
  /** `key:value` each. Logs with the same tags may share them. */
  tags: readonly string[];
  attributes: JsonObject;
}

/** A copy of parsed JSON; structuredClone, which also knows cycles and classes, takes several times as long. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isObject(value)) return value;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) {
    if (key === '__proto__') Object.defineProperty(copy, key, { value: copyOf(value[key]), ...ORDINARY });
    else copy[key] = copyOf(value[key]);
  }
  return copy;
}

/** How an attribute is that is assigned. */
const ORDINARY = { configurable: true, enumerable: true, writable: true } as const;

const knownTags = new Map<string, readonly string[]>();

/** Most logs have the same tags as others, and what is found in them is kept. */
function tagsIn(ddtags: string): readonly string[] {
  const tags = knownTags.get(ddtags) ?? ddtags.split(',').filter((tag) => tag !== '');
  knownTags.set(ddtags, tags);
  return tags;
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/**
 * A log after the intake and before any pipeline: the reserved attributes of the root become those of the log.
 * @param posted one log of a posted array, parsed; it is not changed
 * @param now when it arrives, epoch milliseconds
 */
export function receive(posted: Readonly<JsonObject>, now: number): ProcessedLog {
  const { ddsource, ddtags, service, message, ...attributes } = copyOf(posted) as JsonObject;
  return {
    source: text(ddsource),
    service: text(service),
    status: 'info',
    timestamp: now,
    message: text(message),
    tags: tagsIn(text(ddtags)),
    attributes: {
      ...attributes,
      // Only text can be the message; anything else stays an attribute.
      ...(message !== undefined && typeof message !== 'string' && { message }),
    },
  };
}
