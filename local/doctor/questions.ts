import type { ApiKey } from '../../lambda/common/api-key.ts';
import { deadlineIn, systemClock } from '../../lambda/common/clock.ts';
import { CredentialError } from '../../lambda/common/errors.ts';
import type { Transport } from '../../lambda/common/http.ts';
import type { Range, Telemetry } from '../../lambda/forwarder/core/ports.ts';
import type { EndpointName, EndpointProfile } from '../../lambda/forwarder/valence/api-profile.ts';
import type { JsonAnswer } from '../../lambda/forwarder/valence/attempt.ts';
import { firstPage } from '../../lambda/forwarder/valence/pagination.ts';
import { readJson } from '../../lambda/forwarder/valence/request.ts';

/** Questions to Valence's API, asked with the forwarder's own client. */

const QUESTION_TIME_LIMIT_MS = 40_000;

/** Counters and log lines of the client are for runs. */
const SILENT: Telemetry = { count: () => {}, info: () => {}, warn: () => {} };

/** What one question came to. */
export interface Reply {
  /** HTTP status of the last answer; undefined when there was none. */
  status: number | undefined;
  answer?: JsonAnswer;
  error?: unknown;
}

/** Asks an endpoint as a profile would have it. */
export interface Questions {
  /** Never throws, except {@link CredentialError}: with a refused key there is nothing more to ask. */
  page(profile: EndpointProfile, range: Range | undefined): Promise<Reply>;
  /** Asks an address that an answer led to. */
  follow(url: URL): Promise<Reply>;
  /** Where {@link Questions.page} asks. */
  address(profile: EndpointProfile, range: Range | undefined): URL;
}

export interface ValencePlace {
  transport: Transport;
  apiKey: ApiKey;
  /** Scheme and host. */
  origin: string;
}

export function questionsTo({ transport, apiKey, origin }: ValencePlace, endpoint: EndpointName): Questions {
  async function ask(url: URL): Promise<Reply> {
    let status: number | undefined;
    const watched: Transport = async (request) => {
      const response = await transport(request);
      status = response.status;
      return response;
    };
    const options = {
      transport: watched,
      apiKey,
      clock: systemClock,
      chance: Math.random,
      telemetry: SILENT,
    };
    const call = { deadline: deadlineIn(systemClock, QUESTION_TIME_LIMIT_MS) };
    const purpose = { doing: `reading ${endpoint} from Valence`, profileKey: `${endpoint}.path` };
    try {
      const answer = await readJson(url, options, call, purpose);
      return { status, answer };
    } catch (error) {
      if (error instanceof CredentialError) throw error;
      return { status, error };
    }
  }
  const address = (profile: EndpointProfile, range: Range | undefined) => firstPage(origin, profile, range);
  return { page: (profile, range) => ask(address(profile, range)), follow: ask, address };
}
