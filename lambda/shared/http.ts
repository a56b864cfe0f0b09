/**
 * A buffer that is reused for one answer after another and grows to the largest. The garbage collector would free buffers of
 * megabytes late.
 */
export interface ReusedBytes {
  bytes: Buffer;
}

export const reusedBytes = (): ReusedBytes => ({ bytes: Buffer.alloc(0) });

/** One request. Nothing is retried and no redirect is followed: what to do next is the caller's decision. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array;
  /** Total time for connecting, sending and reading the whole answer, in milliseconds. */
  timeoutMs: number;
  /** Cap on the decoded body, in bytes. */
  maxResponseBytes: number;
  /** Where the body may be put. It is valid there until another request gets the same buffer. */
  into?: ReusedBytes | undefined;
  /** Aborts the request. */
  signal?: AbortSignal | undefined;
}

/** Method, host and path of a request: all that a message may contain of it. */
export function placeOf(request: Pick<HttpRequest, 'method' | 'url'>): string {
  const { host, pathname } = new URL(request.url);
  return `${request.method} ${host}${pathname}`;
}

/** The beginning of an answer with any status. */
export interface ResponseHead {
  status: number;
  /** Header values by lower-case name. */
  headers: Readonly<Record<string, string>>;
}

/** A complete answer with any status. */
export interface HttpResponse extends ResponseHead {
  /** The body, decoded from its transfer: bytes of a text. */
  body: Buffer;
}

/**
 * Why there is no answer.
 * - `unreachable`: no connection came about, so the request was never sent.
 * - `interrupted`: the connection broke after the request may have been sent.
 * - `timeout`: the request's total time was used up.
 * - `too-large`: the decoded body passed `maxResponseBytes`.
 * - `aborted`: the caller's signal.
 */
export type HttpFailureReason = 'unreachable' | 'interrupted' | 'timeout' | 'too-large' | 'aborted';

/** A request without an answer. Carries method, host and path only: never a header, a query or a body. */
export class HttpFailure extends Error {
  readonly reason: HttpFailureReason;

  /** Status and headers, when they arrived and only the body did not; no headers when they did not arrive whole. */
  readonly head: ResponseHead | undefined;

  constructor(reason: HttpFailureReason, message: string, head?: ResponseHead) {
    super(message);
    this.name = 'HttpFailure';
    this.reason = reason;
    this.head = head;
  }

  /** Whether the other side may have processed the request. */
  get ambiguous(): boolean {
    return this.reason !== 'unreachable';
  }
}

/**
 * Sends a request and resolves with the answer, also with an error status.
 * @throws {HttpFailure} when there is no complete answer.
 */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;
