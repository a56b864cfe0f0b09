import type { Clock } from '../../lambda/shared/clock.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../lambda/shared/http.ts';

/** Requests to an API that is not ours: no more than so many, and not faster than so. */

/** Below two requests a second, whatever the API permits. */
const MIN_INTERVAL_MS = 550;

/** An endpoint has had all requests that the doctor allows itself. */
export class RequestsUsedUp extends Error {
  constructor() {
    super('All requests that one endpoint may get are used up.');
    this.name = 'RequestsUsedUp';
  }
}

/** One request and its answer; `response` is absent when there was none. */
export interface Exchange {
  request: HttpRequest;
  response: HttpResponse | undefined;
  /** Length of the body. */
  bytes: number;
  tookMs: number;
}

/** Sends requests at a pace. */
export interface Pace {
  send(transport: Transport, request: HttpRequest): Promise<HttpResponse>;
}

/** A pace that every request of one doctor keeps. */
export function pacedBy(clock: Clock): Pace {
  let nextAt = Number.NEGATIVE_INFINITY;
  return {
    async send(transport, request) {
      const waitMs = nextAt - clock.monotonic();
      if (waitMs > 0) await clock.sleep(waitMs);
      nextAt = clock.monotonic() + MIN_INTERVAL_MS;
      return transport(request);
    },
  };
}

/** A transport that counts. */
export interface Meter {
  readonly transport: Transport;
  /** Requests that are still allowed. */
  left(): number;
  used(): number;
}

/**
 * @param limit after so many requests each further one throws {@link RequestsUsedUp}
 * @param onExchange receives each request with its answer
 */
export function meter(
  { transport, pace, clock }: { transport: Transport; pace: Pace; clock: Clock },
  limit: number,
  onExchange: (exchange: Exchange) => void,
): Meter {
  let used = 0;
  return {
    left: () => limit - used,
    used: () => used,
    async transport(request) {
      if (used >= limit) throw new RequestsUsedUp();
      used++;
      let response: HttpResponse | undefined;
      let askedAt = clock.monotonic();
      const timed: Transport = (sent) => {
        askedAt = clock.monotonic();
        return transport(sent);
      };
      try {
        const answered = await pace.send(timed, request);
        // The bytes may be those of a buffer that takes the next answer too.
        response = { ...answered, body: Buffer.from(answered.body) };
        return answered;
      } finally {
        onExchange({
          request,
          response,
          bytes: response?.body.length ?? 0,
          tookMs: clock.monotonic() - askedAt,
        });
      }
    },
  };
}
