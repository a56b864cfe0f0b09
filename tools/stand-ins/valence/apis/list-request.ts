import type { Stream } from '../../../../lambda/contract.ts';
import { TIME_FIELD } from '../../../../lambda/forwarder/core/records/time.ts';
import type { JsonObject } from '../../../../lambda/shared/json.ts';
import type { StandInRequest } from '../../http-server.ts';

/** What an API lists. */
export type ListKind = Stream | 'alert-types';

/** A request, with what a server needs to answer it. */
export class ApiRequest {
  readonly request: StandInRequest;
  /** The one key that is right. */
  readonly key: string;
  /** The server's clock, epoch seconds. */
  readonly now: number;
  /** How many requests the server has answered before. */
  readonly earlier: number;

  constructor({ request, key, now, earlier }: Pick<ApiRequest, 'request' | 'key' | 'now' | 'earlier'>) {
    this.request = request;
    this.key = key;
    this.now = now;
    this.earlier = earlier;
  }

  /** A parameter of the query; undefined when it was not sent. */
  text(name: string): string | undefined {
    return this.request.query.get(name) ?? undefined;
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** The JSON body of the request. */
  get json(): JsonObject {
    return this.request.body.length > 0 ? JSON.parse(this.request.body.toString()) : {};
  }

  get isBearer(): boolean {
    return this.header('authorization') === `Bearer ${this.key}`;
  }
}

/** A request for one list of the API. */
export class ListRequest extends ApiRequest {
  readonly kind: ListKind;
  /** Everything that the API holds of it, oldest first. */
  readonly all: readonly JsonObject[];

  constructor(kind: ListKind, all: readonly JsonObject[], request: ApiRequest) {
    super(request);
    this.kind = kind;
    this.all = all;
  }

  timeOf(record: JsonObject): number {
    return this.kind === 'alert-types' ? 0 : Number(record[TIME_FIELD[this.kind]]);
  }

  /** The records of a range, both bounds included; all of them where there is no bound. */
  between(from: number | undefined, to: number | undefined): JsonObject[] {
    if (this.kind === 'alert-types') return [...this.all];
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
