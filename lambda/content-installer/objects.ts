import * as z from 'zod/mini';
import type { JsonObject } from '../shared/json.ts';
import type { Attempt } from '../shared/retry.ts';
import { ContentError } from './content-error.ts';
import type { ContentKind } from './content-item.ts';
import type { ApiAnswer, ApiCall, DatadogApi } from './datadog-api.ts';
import { KINDS, type Query } from './kinds.ts';

const PAGE_SIZE = 100;

/** An object in Datadog. */
export interface FoundObject {
  id: string;
  /** The part of it that the call which found it returned. */
  body: JsonObject;
}

/** The objects of one kind in a Datadog organisation. Every call throws as {@link DatadogApi.repeatable} does. */
export interface Objects {
  /**
   * All of them, in the order of their creation as far as it is known. A list of dashboards does not contain their widgets.
   * @param like the body of the object that is looked for: the server may leave out others
   */
  list(like?: JsonObject): Promise<FoundObject[]>;
  /** One of them, whole; undefined when the id does not exist, or is so new that Datadog does not return it yet. */
  look(id: string): Promise<FoundObject | undefined>;
  /** Has a body checked, where Datadog offers that. */
  check(body: JsonObject): Promise<void>;
  /** One attempt to create one. It is not idempotent: a second attempt creates a second object. */
  post(body: JsonObject): Promise<Attempt<FoundObject>>;
  /** Replaces one, whole. */
  replace(id: string, body: JsonObject): Promise<void>;
  /**
   * Removes one; succeeds if it does not exist.
   * @returns Datadog's reason when it keeps the object, because something else refers to it
   */
  remove(id: string): Promise<string | undefined>;
}

/** Monitors have numbers as ids, everything else texts. */
const identified = z.looseObject({
  id: z.union([z.string().check(z.minLength(1)), z.pipe(z.int(), z.transform(String))]),
});

/** @throws {ContentError} when Datadog's answer is not what it must be */
function shaped<T>(schema: z.ZodMiniType<T>, value: unknown, call: ApiCall): T {
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

/**
 * Whether an answer to a deletion says that something refers to the object. A deletion has no content that could be wrong, so a
 * 400 is about the object; a 409 may also be a concurrent change.
 */
const isReferred = ({ status, reason }: ApiAnswer): boolean =>
  status === 400 || (status === 409 && /\brefer|\bused\b|\bin use\b|\bdepend/i.test(reason));

/** @returns the objects, oldest first; those of the same age, or without one, stay in their order */
function byAge(objects: FoundObject[], createdAt: string | undefined): FoundObject[] {
  if (createdAt === undefined) return objects;
  const age = ({ body }: FoundObject) => new Date(body[createdAt] as string | number).getTime() || 0;
  return objects.toSorted((one, other) => age(one) - age(other));
}

export function objectsOf(kind: ContentKind, api: DatadogApi): Objects {
  const {
    path,
    scopes,
    missing,
    page,
    narrowed,
    itemsAt,
    validationPath,
    createdAt,
    onlyOnCreate = [],
  } = KINDS[kind];
  const isMissing = ({ status }: ApiAnswer) => missing.includes(status);
  const at = (id: string) => `${path}/${encodeURIComponent(id)}`;
  const { read, write } = scopes;

  async function listPage(query: Query): Promise<FoundObject[]> {
    const parameters = new URLSearchParams(query).toString();
    const call: ApiCall = { method: 'GET', path: parameters ? `${path}?${parameters}` : path, scope: read };
    const { json } = await api.repeatable(call);
    const items = itemsAt === undefined ? json : shaped(z.looseObject({}), json, call)[itemsAt];
    return shaped(z.array(z.unknown()), items, call).map((item) => found(item, call));
  }

  return {
    async list(like) {
      const narrow = (like && narrowed?.(like)) ?? {};
      if (!page) return byAge(await listPage(narrow), createdAt);
      const all = new Map<string, FoundObject>();
      for (let number = 0; ; number++) {
        const items = await listPage({ ...narrow, ...page(number, PAGE_SIZE) });
        const before = all.size;
        for (const item of items) all.set(item.id, item);
        // A page with nothing new also ends the list, in case Datadog ignores the paging.
        if (items.length < PAGE_SIZE || all.size === before) return byAge([...all.values()], createdAt);
      }
    },
    async look(id) {
      const call: ApiCall = { method: 'GET', path: at(id), expected: isMissing, scope: read };
      const answer = await api.repeatable(call);
      return isMissing(answer) ? undefined : found(answer.json, call);
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
      const expected = (answer: ApiAnswer) => isMissing(answer) || isReferred(answer);
      const answer = await api.repeatable({ method: 'DELETE', path: at(id), expected, scope: write });
      return isReferred(answer) && !isMissing(answer) ? answer.reason : undefined;
    },
  };
}
