import * as z from 'zod';
import type { JsonObject } from '../shared/json.ts';
import type { Attempt } from '../shared/retry.ts';
import { ContentError } from './content-error.ts';
import type { ContentKind } from './content-item.ts';
import type { ApiCall, DatadogApi } from './datadog-api.ts';
import { KINDS } from './kinds.ts';

const PAGE_SIZE = 100;

/** An object in Datadog. */
export interface FoundObject {
  id: string;
  /** The part of it that the call which found it returned. */
  body: JsonObject;
}

/** The objects of one kind in a Datadog organisation. Every call throws as {@link DatadogApi.repeatable} does. */
export interface Objects {
  /** All of them. A list of dashboards does not contain their widgets. */
  list(): Promise<FoundObject[]>;
  /** One of them, whole; undefined when the id does not exist, or is so new that Datadog does not return it yet. */
  look(id: string): Promise<FoundObject | undefined>;
  /** Has a body checked, where Datadog offers that. */
  check(body: JsonObject): Promise<void>;
  /** One attempt to create one. It is not idempotent: a second attempt creates a second object. */
  post(body: JsonObject): Promise<Attempt<FoundObject>>;
  /** Replaces one, whole. */
  replace(id: string, body: JsonObject): Promise<void>;
  /** Removes one; succeeds if it does not exist. */
  remove(id: string): Promise<void>;
}

/** Monitors have numbers as ids, everything else texts. */
const identified = z.looseObject({ id: z.union([z.string().min(1), z.int().transform(String)]) });

/** @throws {ContentError} when Datadog's answer is not what it must be */
function shaped<T>(schema: z.ZodType<T>, value: unknown, call: ApiCall): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ContentError(
    'datadog-unexpected-answer',
    `Datadog's answer to ${call.method} ${call.path} does not have the documented form.`,
    'Check the Datadog site (datadogSite). If it is right, report the error.',
  );
}

function found(value: unknown, call: ApiCall): FoundObject {
  const { id, ...body } = shaped(identified, value, call);
  return { id, body };
}

export function objectsOf(kind: ContentKind, api: DatadogApi): Objects {
  const { path, scopes, missing, page, itemsAt, validationPath, onlyOnCreate = [] } = KINDS[kind];
  const at = (id: string) => `${path}/${encodeURIComponent(id)}`;
  const { read, write } = scopes;

  async function listPage(query: string): Promise<FoundObject[]> {
    const call: ApiCall = { method: 'GET', path: path + query, scope: read };
    const { json } = await api.repeatable(call);
    const items = itemsAt === undefined ? json : shaped(z.looseObject({}), json, call)[itemsAt];
    return shaped(z.array(z.unknown()), items, call).map((item) => found(item, call));
  }

  return {
    async list() {
      if (!page) return listPage('');
      const all = new Map<string, FoundObject>();
      for (let number = 0; ; number++) {
        const items = await listPage(page(number, PAGE_SIZE));
        const before = all.size;
        for (const item of items) all.set(item.id, item);
        // A page with nothing new also ends the list, in case Datadog ignores the paging.
        if (items.length < PAGE_SIZE || all.size === before) return [...all.values()];
      }
    },
    async look(id) {
      const call: ApiCall = { method: 'GET', path: at(id), expected: missing, scope: read };
      const { status, json } = await api.repeatable(call);
      return missing.includes(status) ? undefined : found(json, call);
    },
    async check(body) {
      if (validationPath) await api.repeatable({ method: 'POST', path: validationPath, body, scope: write });
    },
    async post(body) {
      const call: ApiCall = { method: 'POST', path, body, scope: write };
      const attempt = await api.attempt(call);
      return 'done' in attempt ? { done: found(attempt.done.json, call) } : attempt;
    },
    async replace(id, body) {
      const kept = Object.fromEntries(Object.entries(body).filter(([name]) => !onlyOnCreate.includes(name)));
      await api.repeatable({ method: 'PUT', path: at(id), body: kept, scope: write });
    },
    async remove(id) {
      await api.repeatable({ method: 'DELETE', path: at(id), expected: missing, scope: write });
    },
  };
}
