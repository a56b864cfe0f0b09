import type { Stream } from '../../lambda/contract.ts';
import { TIME_FIELD } from '../../lambda/forwarder/core/records/time.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { SeenRequest } from '../support/scripted-server.ts';

/** What an API of the zoo answers with; `cut` sends the status and the beginning of the body, then breaks the connection. */
export interface ZooAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  cut?: boolean;
}

/** A request for one list of the API, with what a server needs to answer it. */
export class ListRequest {
  readonly stream: Stream | 'alert-types';
  /** Everything that the API holds of it, oldest first. */
  readonly all: readonly JsonObject[];
  readonly request: SeenRequest;
  /** The server's clock, epoch seconds. */
  readonly now: number;

  constructor(stream: ListRequest['stream'], all: readonly JsonObject[], request: SeenRequest, now: number) {
    this.stream = stream;
    this.all = all;
    this.request = request;
    this.now = now;
  }

  /** A parameter of the query; undefined when it was not sent. */
  text(name: string): string | undefined {
    return this.request.query.get(name) ?? undefined;
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }

  /** The JSON body of the request. */
  get json(): JsonObject {
    return this.request.body.length > 0 ? JSON.parse(this.request.body.toString()) : {};
  }

  timeOf(record: JsonObject): number {
    return this.stream === 'alert-types' ? 0 : Number(record[TIME_FIELD[this.stream]]);
  }

  /** The records of a range, both bounds included; all of them where there is no bound. */
  between(from: number | undefined, to: number | undefined): JsonObject[] {
    if (this.stream === 'alert-types') return [...this.all];
    return this.all.filter((record) => {
      const time = this.timeOf(record);
      return time >= (from ?? 0) && time <= (to ?? Number.POSITIVE_INFINITY);
    });
  }

  /** The records of the range that the default profile asks for. */
  get asked(): JsonObject[] {
    return this.between(this.number('from'), this.number('to'));
  }

  get limit(): number {
    return this.number('limit') ?? 100;
  }
}

/** One page of a list by a cursor that counts, as the default profile expects it. */
export function cursorPage(list: readonly JsonObject[], skip: number, size: number) {
  const items = list.slice(skip, skip + size);
  const next = skip + size < list.length ? String(skip + size) : null;
  return { items, nextCursor: next };
}

/** The answer that the default profile expects. */
export const usual = (list: ListRequest, size = list.limit): ReturnType<typeof cursorPage> =>
  cursorPage(list.asked, list.number('cursor') ?? 0, size);
