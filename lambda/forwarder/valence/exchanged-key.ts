import type { AuthProfile } from '../../settings/api-profile.ts';
import type { ApiKey, KeyCall } from '../../shared/api-key.ts';
import type { Clock } from '../../shared/clock.ts';
import { valueAt } from '../../shared/dotted-path.ts';
import { CredentialError, OutOfTime } from '../../shared/errors.ts';
import { HttpFailure, type HttpResponse, placeOf, type Transport } from '../../shared/http.ts';
import { parseJsonText } from '../../shared/json-text.ts';
import { withoutEndSlashes } from '../../shared/origin.ts';
import { noAnswer, notJson, profileMismatch, unexpectedStatus } from './source-errors.ts';

type Exchange = NonNullable<AuthProfile['exchange']>;

/** How often a key is exchanged within one invocation. */
const MAX_EXCHANGES = 4;

const REQUEST_TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 1_000_000;

/** A token is not used in the last minute of its life, or in the second half of a short one. */
const EXPIRY_MARGIN_SECONDS = 60;
/** For how long a token is used whose life the answer does not state. */
const UNKNOWN_LIFE_SECONDS = 300;

export interface ExchangedKeyOptions {
  /** The key that is exchanged. */
  apiKey: ApiKey;
  exchange: Exchange;
  /** Scheme and host of Valence's API: the key goes to no other. */
  origin: string;
  transport: Transport;
  clock: Clock;
}

/** A token that outlives an invocation. */
export interface ExchangedKey extends ApiKey {
  /** Allows a new invocation its own number of exchanges. */
  startInvocation(): void;
}

interface Token {
  value: string;
  /** The key that it was exchanged for. */
  key: string;
  /** Wall clock in epoch milliseconds, because the monotonic clock stops while the machine is frozen between two runs. */
  usable: { from: number; until: number };
}

/**
 * A key that is exchanged for a token before it is used. The token is kept until shortly before it expires, and one exchange at
 * a time serves all callers.
 * @returns a key whose calls throw {@link CredentialError} `source-refused-key` when Valence refuses the exchange, SourceError
 *   when there is no usable answer, and {@link OutOfTime} when the time or the exchanges of the invocation are used up
 */
export function exchangedKey({
  apiKey,
  exchange,
  origin,
  transport,
  clock,
}: ExchangedKeyOptions): ExchangedKey {
  const url = withoutEndSlashes(origin) + exchange.path;
  const place = placeOf({ method: 'POST', url });
  let token: Token | undefined;
  let underWay: Promise<Token> | undefined;
  let exchanges = 0;

  async function ask(key: string, { deadline, signal }: KeyCall): Promise<HttpResponse> {
    const timeLeft = deadline.left();
    if (timeLeft <= 0) throw new OutOfTime(DOING);
    try {
      return await transport({
        method: 'POST',
        url,
        ...requestBody(exchange, key),
        timeoutMs: Math.min(REQUEST_TIMEOUT_MS, timeLeft),
        maxResponseBytes: MAX_ANSWER_BYTES,
        signal,
      });
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      if (error.reason === 'aborted' || deadline.left() <= 0) throw new OutOfTime(DOING);
      throw noAnswer(error);
    }
  }

  async function exchangeKey(key: string, call: KeyCall): Promise<Token> {
    if (exchanges >= MAX_EXCHANGES) throw new OutOfTime(DOING);
    exchanges++;
    const askedAt = clock.wall();
    const response = await ask(key, call);
    if (response.status >= 200 && response.status < 300) {
      return { key, ...tokenIn(response, exchange, place, askedAt) };
    }
    if (REFUSALS.has(response.status)) throw new RefusedExchange();
    throw unexpectedStatus(place, response.status, response.headers['location'], 'auth.exchange.path');
  }

  function newToken(key: string, call: KeyCall): Promise<Token> {
    underWay ??= exchangeKey(key, call).finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  /** A token for the current key; a key whose exchange is refused is read again once. */
  async function tokenFor(call: KeyCall): Promise<string> {
    const key = await apiKey.value(call);
    try {
      token = await newToken(key, call);
    } catch (error) {
      if (!(error instanceof RefusedExchange)) throw error;
      const newer = await apiKey.renew(key, call);
      if (newer === undefined) throw refusedExchange(place, apiKey.fix);
      token = await newToken(newer, call).catch((again) => {
        throw again instanceof RefusedExchange ? refusedExchange(place, apiKey.fix) : again;
      });
    }
    return token.value;
  }

  function isUsable(candidate: Token | undefined, key: string): candidate is Token {
    const now = clock.wall();
    return candidate?.key === key && candidate.usable.from <= now && now < candidate.usable.until;
  }

  return {
    fix: apiKey.fix,
    startInvocation() {
      exchanges = 0;
    },
    async value(call = WITHOUT_LIMIT) {
      const key = await apiKey.value(call);
      return isUsable(token, key) ? token.value : tokenFor(call);
    },
    async renew(refused, call = WITHOUT_LIMIT) {
      if (token && token.value !== refused) return token.value;
      const former = token;
      token = undefined;
      const value = await tokenFor(call);
      if (value !== refused) return value;
      // The same token for the same key: only another key can help.
      const newer = former && (await apiKey.renew(former.key, call));
      return newer === undefined ? undefined : tokenFor(call);
    },
  };
}

const DOING = 'exchanging the Valence API key for a token';

/** For callers that bring no deadline of their own. */
const WITHOUT_LIMIT: KeyCall = { deadline: { left: () => REQUEST_TIMEOUT_MS } };

/** Statuses by which token endpoints refuse a key. Source: RFC 6749, 5.2. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403]);

class RefusedExchange extends Error {}

const refusedExchange = (place: string, fix: string) =>
  new CredentialError(
    'source-refused-key',
    `Valence refused to exchange the API key for a token (${place}).`,
    `${fix} If the key is right, check auth.exchange of the API profile.`,
  );

function requestBody(
  { json, form }: Exchange,
  key: string,
): { headers: Record<string, string>; body: Uint8Array } {
  const filled = Object.fromEntries(
    Object.entries(json ?? form ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('{key}', key) : value,
    ]),
  );
  const [type, text] = json
    ? ['application/json', JSON.stringify(filled)]
    : [
        'application/x-www-form-urlencoded',
        new URLSearchParams(
          Object.entries(filled).map(([name, value]): [string, string] => [name, `${value}`]),
        ).toString(),
      ];
  return { headers: { accept: 'application/json', 'content-type': type }, body: Buffer.from(text) };
}

function tokenIn(
  { body, headers }: HttpResponse,
  { tokenPath, expiresInPath }: Exchange,
  place: string,
  askedAt: number,
): Omit<Token, 'key'> {
  let answer: unknown;
  try {
    answer = parseJsonText(body.toString());
  } catch {
    throw notJson(place, headers, 'auth.exchange.path');
  }
  const value = valueAt(answer, tokenPath);
  if (typeof value !== 'string' || value === '') {
    throw profileMismatch(
      'source-shape',
      'auth.exchange.tokenPath',
      `The answer to ${place} holds no token there.`,
    );
  }
  const life = expiresInPath === null ? Number.NaN : Number(valueAt(answer, expiresInPath));
  const usableSeconds = life > 0 ? Math.max(life - EXPIRY_MARGIN_SECONDS, life / 2) : UNKNOWN_LIFE_SECONDS;
  return { value, usable: { from: askedAt, until: askedAt + usableSeconds * 1000 } };
}

/** The tokens of one API key, for every way in which the endpoints of a profile exchange it. */
export interface TokenExchanges {
  /** The key as an endpoint uses it: the bare one, or one that is exchanged first. */
  keyFor(exchange: Exchange | null, options: Omit<ExchangedKeyOptions, 'exchange'>): ApiKey;
  /** Allows a new invocation its own number of exchanges. */
  startInvocation(): void;
}

export function tokenExchanges(): TokenExchanges {
  const keys = new Map<string, ExchangedKey>();
  return {
    keyFor(exchange, options) {
      if (!exchange) return options.apiKey;
      const way = JSON.stringify([options.origin, exchange]);
      const key = keys.get(way) ?? exchangedKey({ ...options, exchange });
      keys.set(way, key);
      return key;
    },
    startInvocation() {
      for (const key of keys.values()) key.startInvocation();
    },
  };
}
