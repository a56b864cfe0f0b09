import type { Range, Telemetry } from '../../lambda/forwarder/core/ports.ts';
import { attempt, type JsonAnswer, type Verdict } from '../../lambda/forwarder/valence/attempt.ts';
import type { TokenExchanges } from '../../lambda/forwarder/valence/exchanged-key.ts';
import { failureSignOf } from '../../lambda/forwarder/valence/failure-signs.ts';
import {
  firstRequest,
  identityOf,
  type PageRequest,
  parameterOf,
} from '../../lambda/forwarder/valence/page-request.ts';
import { nextPage } from '../../lambda/forwarder/valence/pagination.ts';
import type { RequestOptions } from '../../lambda/forwarder/valence/request.ts';
import type { EndpointName, EndpointProfile } from '../../lambda/settings/api-profile.ts';
import type { ApiKey } from '../../lambda/shared/api-key.ts';
import { type Clock, deadlineIn } from '../../lambda/shared/clock.ts';
import { CredentialError } from '../../lambda/shared/errors.ts';
import type { Transport } from '../../lambda/shared/http.ts';
import { parseJsonText, UNBOUNDED } from '../../lambda/shared/json-text.ts';
import { type Exchange, type Meter, meter, type Pace, RequestsUsedUp } from './metered-transport.ts';
import { recordsAt } from './response-body.ts';

/** Requests to Valence's API, asked with the forwarder's own client. */

/** The most requests to an endpoint to find out how it works. */
export const MAX_REQUESTS = 60;
/** Requests in addition to those, to read an hour completely. */
const MAX_READING_REQUESTS = 400;

const REQUEST_TIME_LIMIT_MS = 40_000;

/** An answer that is worth another attempt gets so many in all. */
const MAX_ATTEMPTS = 3;
const RETRY_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** Databases that filter after reading answer with empty pages that name a next one. */
const MAX_EMPTY_PAGES = 3;

/** The names of parameters in a refusal are at its beginning. */
const MAX_REASON_BYTES = 10_000;

/** The result of one request. */
export interface Reply {
  /** What was asked last. */
  request: PageRequest;
  /** HTTP status of the last answer; undefined when there was none. */
  status: number | undefined;
  /** Header values of the last answer by lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** The beginning of its body, which may name parameters. Never shown. */
  text: string;
  /** A successful answer in JSON, or without content. */
  answer?: JsonAnswer<unknown>;
  error?: unknown;
}

/** 404 and 410 may mean that a range holds nothing. */
export const isEmptyStatus = ({ status }: Pick<Reply, 'status'>): boolean => status === 404 || status === 410;

/** Requests to an endpoint, in the form that a profile describes. */
export interface Requests {
  /**
   * Asks for the first page that holds records: empty ones before it are turned over. Never throws, except
   * {@link RequestsUsedUp}.
   */
  page(profile: EndpointProfile, range: Range | undefined): Promise<Reply>;
  /** Asks for the page that an answer led to. */
  follow(request: PageRequest, profile: EndpointProfile): Promise<Reply>;
  /** What {@link Requests.page} asks for. */
  request(profile: EndpointProfile, range: Range | undefined): PageRequest;
  /** The same with another key, or with none. */
  withKey(key: string | undefined): Requests;
  /** For the forwarder's own scan; `reading` counts apart. */
  scanOptions(profile: EndpointProfile, purpose: 'finding' | 'reading'): RequestOptions;
  /** Bodies of all answers so far, the last one at the end. */
  readonly exchanges: readonly Exchange[];
  left(): number;
  used(): { finding: number; reading: number };
  readonly origin: string;
  readonly clock: Clock;
}

export interface ValencePlace {
  transport: Transport;
  apiKey: ApiKey;
  /** Scheme and host: the key goes nowhere else. */
  origin: string;
  clock: Clock;
  pace: Pace;
  tokens: TokenExchanges;
  /** Called after each request. */
  onRequest?: ((endpoint: EndpointName, requests: number) => void) | undefined;
}

const SILENT: Telemetry = { count() {}, info() {}, warn() {} };

const fixedKey = (key: string, { fix }: ApiKey): ApiKey => ({
  fix,
  value: async () => key,
  renew: async () => undefined,
});

/**
 * @param fixed parameters of the profile to begin with, which the operator read before a POST was allowed: every POST has them
 */
export function requestsTo(
  place: ValencePlace,
  endpoint: EndpointName,
  fixed: EndpointProfile['params'],
): Requests {
  const exchanges: Exchange[] = [];
  const note = (exchange: Exchange) => {
    exchanges.push(exchange);
    place.onRequest?.(endpoint, exchanges.length);
  };
  const finding = meter(place, MAX_REQUESTS, note);
  const reading = meter(place, MAX_READING_REQUESTS, (exchange) => note(withoutBody(exchange)));
  return requestsWith({ place, endpoint, fixed, exchanges, finding, reading }, place.apiKey);
}

/** Whole hours of records are not kept. */
const withoutBody = (exchange: Exchange): Exchange => ({
  ...exchange,
  response: exchange.response && { ...exchange.response, body: Buffer.alloc(0) },
});

interface Metered {
  place: ValencePlace;
  endpoint: EndpointName;
  fixed: EndpointProfile['params'];
  exchanges: Exchange[];
  finding: Meter;
  reading: Meter;
}

function requestsWith(metered: Metered, apiKey: ApiKey): Requests {
  const { place, endpoint, fixed, exchanges, finding, reading } = metered;
  const { origin, clock, tokens } = place;
  const keyFor = ({ auth }: EndpointProfile, transport: Transport) => {
    tokens.startInvocation();
    return tokens.keyFor(auth.exchange, { apiKey, origin, transport, clock });
  };

  async function ask(request: PageRequest, profile: EndpointProfile): Promise<Reply> {
    const last: Reply = { request, status: undefined, headers: {}, text: '' };
    const replaced =
      request.body && Object.keys(fixed).find((name) => parameterOf(request, name) !== fixed[name]);
    if (replaced !== undefined) return { ...last, error: new NotSent(replaced) };
    const watched: Transport = async (sent) => {
      const response = await finding.transport(sent);
      last.status = response.status;
      last.headers = response.headers;
      last.text = response.body.subarray(0, MAX_REASON_BYTES).toString();
      return response;
    };
    const options = {
      transport: watched,
      profile,
      wallMs: clock.wall,
      doing: `reading ${endpoint} from Valence`,
      profileKey: `${endpoint}.path`,
      read: (body: Buffer, status: number) =>
        status === 204 ? undefined : parseJsonText(body.toString(), UNBOUNDED),
    };
    try {
      const current = keyFor(profile, finding.transport);
      let key = await current.value();
      for (let attempts = 1; ; attempts++) {
        const deadline = deadlineIn(clock, REQUEST_TIME_LIMIT_MS);
        const verdict = await attempt(request, { ...options, key, deadline });
        if ('done' in verdict) {
          const isFailed = failureSignOf(verdict.done.body) !== undefined;
          if (isFailed && attempts < MAX_ATTEMPTS) continue;
          return { ...last, answer: verdict.done };
        }
        if ('refused' in verdict) {
          const newer = attempts === 1 ? await current.renew(key) : undefined;
          if (newer === undefined) return { ...last, error: refusal(verdict.refused, apiKey.fix) };
          key = newer;
          continue;
        }
        if (attempts === MAX_ATTEMPTS) return { ...last, error: verdict.failed };
        await waitAfter(verdict, clock);
      }
    } catch (error) {
      if (error instanceof RequestsUsedUp) throw error;
      return { ...last, error };
    }
  }

  async function page(profile: EndpointProfile, range: Range | undefined): Promise<Reply> {
    let reply = await ask(firstRequest(origin, profile, range), profile);
    for (let turned = 0; turned < MAX_EMPTY_PAGES; turned++) {
      const next = afterEmpty(reply, profile);
      if (!next || identityOf(next) === identityOf(reply.request)) break;
      const following = await ask(next, profile);
      if (!following.answer) break;
      reply = following;
    }
    return reply;
  }

  return {
    page,
    follow: ask,
    request: (profile, range) => firstRequest(origin, profile, range),
    withKey: (key) => requestsWith(metered, fixedKey(key ?? '', apiKey)),
    scanOptions(profile, purpose) {
      const { transport } = purpose === 'finding' ? finding : reading;
      return {
        transport,
        apiKey: keyFor(profile, transport),
        clock,
        random: () => 1,
        telemetry: SILENT,
      };
    },
    exchanges,
    left: finding.left,
    used: () => ({ finding: finding.used(), reading: reading.used() }),
    origin,
    clock,
  };
}

/** A variant of a POST lacks a value of the one that the operator allowed, and could do something else. */
class NotSent extends Error {
  constructor(parameter: string) {
    super(`A POST is not sent without its fixed parameter "${parameter}".`);
  }
}

/** The page after one without records, if it names one. */
function afterEmpty({ answer, request }: Reply, profile: EndpointProfile): PageRequest | undefined {
  if (!answer || recordsAt(answer.body, profile)?.length !== 0) return undefined;
  try {
    const { body, headers } = answer;
    return nextPage(request, { body, headers, itemCount: 0, lastRecord: undefined }, profile);
  } catch {
    return undefined;
  }
}

async function waitAfter(verdict: Verdict<unknown> & { throttled: boolean }, clock: Clock): Promise<void> {
  const asked = 'retryAfterMs' in verdict ? verdict.retryAfterMs : undefined;
  if (verdict.throttled || asked !== undefined)
    await clock.sleep(Math.min(LONGEST_WAIT_MS, asked ?? RETRY_WAIT_MS));
}

const refusal = ({ status, place }: { status: number; place: string }, fix: string) =>
  new CredentialError(
    'source-refused-key',
    `Valence refused the API key (${status} to ${place}).`,
    fix,
    status,
  );
