import { SOURCE_REFUSED_KEY } from '../../lambda/contract.ts';
import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { attempt, type JsonAnswer, type Verdict } from '../../lambda/forwarder/valence/attempt.ts';
import { firstRequest, type PageRequest } from '../../lambda/forwarder/valence/page-request.ts';
import type { EndpointName, EndpointProfile } from '../../lambda/settings/api-profile.ts';
import type { ApiKey } from '../../lambda/shared/api-key.ts';
import { deadlineIn, systemClock } from '../../lambda/shared/clock.ts';
import { CredentialError } from '../../lambda/shared/errors.ts';
import type { Transport } from '../../lambda/shared/http.ts';
import { parseJsonText } from '../../lambda/shared/json-text.ts';

/** Requests to Valence's API, asked with the forwarder's own client. */

const REQUEST_TIME_LIMIT_MS = 40_000;

/** Only a 429 is worth another attempt: every other error is a finding. */
const MAX_ATTEMPTS = 4;
const THROTTLED_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 10_000;

/** The result of one request. */
export interface Reply {
  /** HTTP status of the last answer; undefined when there was none. */
  status: number | undefined;
  answer?: JsonAnswer<unknown>;
  error?: unknown;
}

/** Requests to an endpoint, in the form that a profile describes. */
export interface Requests {
  /** Never throws, except {@link CredentialError}: with a refused key there is nothing more to ask. */
  page(profile: EndpointProfile, range: Range | undefined): Promise<Reply>;
  /** Asks for the page that an answer led to. */
  follow(request: PageRequest, profile: EndpointProfile): Promise<Reply>;
  /** What {@link Requests.page} asks for. */
  request(profile: EndpointProfile, range: Range | undefined): PageRequest;
}

export interface ValencePlace {
  transport: Transport;
  apiKey: ApiKey;
  /** Scheme and host. */
  origin: string;
}

export function requestsTo({ transport, apiKey, origin }: ValencePlace, endpoint: EndpointName): Requests {
  async function ask(request: PageRequest, profile: EndpointProfile): Promise<Reply> {
    let status: number | undefined;
    const watched: Transport = async (sent) => {
      const response = await transport(sent);
      status = response.status;
      return response;
    };
    const key = await apiKey.value();
    const deadline = deadlineIn(systemClock, REQUEST_TIME_LIMIT_MS);
    const purpose = {
      doing: `reading ${endpoint} from Valence`,
      profileKey: `${endpoint}.path`,
      read: (body: Buffer) => parseJsonText(body.toString()),
    };
    const askOnce = (): Promise<Verdict<unknown>> =>
      attempt(request, { transport: watched, key, profile, wallMs: Date.now, deadline, ...purpose });
    try {
      for (let attempts = 1; ; attempts++) {
        const verdict = await askOnce();
        if ('done' in verdict) return { status, answer: verdict.done };
        if ('refused' in verdict) throw refused(verdict.refused, apiKey.fix);
        if (!verdict.throttled || attempts === MAX_ATTEMPTS) return { status, error: verdict.failed };
        await systemClock.sleep(Math.min(LONGEST_WAIT_MS, verdict.retryAfterMs ?? THROTTLED_WAIT_MS));
      }
    } catch (error) {
      if (error instanceof CredentialError) throw error;
      return { status, error };
    }
  }
  const request = (profile: EndpointProfile, range: Range | undefined) =>
    firstRequest(origin, profile, range);
  return { page: (profile, range) => ask(request(profile, range), profile), follow: ask, request };
}

const refused = ({ status, place }: { status: number; place: string }, fix: string) =>
  new CredentialError(SOURCE_REFUSED_KEY, `Valence refused the API key (${status} to ${place}).`, fix);
