import type { Stream } from '../../lambda/contract.ts';
import type { Log } from '../../lambda/forwarder/core/logs/types.ts';
import type { PostAnswer } from '../../lambda/forwarder/core/ports.ts';
import type { Checker } from './checker.ts';
import { dislikedAnswer } from './dislikes.ts';
import { isWithin } from './fates.ts';
import type { Gateway } from './gateway.ts';
import type { Invocation } from './invocation.ts';
import type { Scenario } from './scenario.ts';

/** One post on its way. */
export interface Post {
  invocation: Invocation;
  stream: Stream | 'forwarder';
  logs: Log[];
  bytes: number;
  /** Number of the call by which it was sent. */
  sent: number;
  accepted: boolean;
  /** The sender knows that it was accepted. */
  confirmed: boolean;
  /** The sender has given up on an answer, or got one that says nothing, and lives. */
  unanswered: boolean;
}

/** Datadog drops what is dated further away, silently. Source: Datadog documentation, "Send logs". */
const OLDEST_SECONDS = 18 * 3600;
const NEWEST_SECONDS = 2 * 3600;

/** Datadog's logs intake: refuses and drops logs as Datadog does, and reports the accepted ones to the checker. */
export class DatadogIntake {
  readonly #scenario: Scenario;
  readonly #checker: Checker;
  readonly #gateway: Gateway;

  constructor(scenario: Scenario, checker: Checker, gateway: Gateway) {
    this.#scenario = scenario;
    this.#checker = checker;
    this.#gateway = gateway;
  }

  send(invocation: Invocation, body: string): Post {
    const logs: Log[] = JSON.parse(body);
    const stream = (logs[0]?.service ?? 'forwarder') as Post['stream'];
    this.#checker.posting(invocation, stream);
    return {
      invocation,
      stream,
      logs,
      bytes: body.length,
      sent: this.#gateway.log.length,
      accepted: false,
      confirmed: false,
      unanswered: false,
    };
  }

  take(post: Post, now: number): PostAnswer {
    const { logs, bytes } = post;
    const refused = (status: number): PostAnswer => ({
      outcome: 'rejected',
      status,
      tooLarge: status === 413,
      reason: `Simulated: ${status}.`,
    });
    if (bytes > this.#scenario.maxPostBytes) return refused(413);
    if (isWithin(this.#scenario.intakeRefusals, now)) return refused(400);
    const isRepaired = now >= this.#scenario.actions.repairedAt;
    if (!isRepaired && logs.some(({ message }) => message?.includes('!'))) return refused(400);
    const disliked = isRepaired ? undefined : dislikedAnswer(this.#scenario.intake, logs);
    if (disliked?.status === 403) {
      return { outcome: 'unexplained', status: 403, reason: 'Simulated: 403.', fix: 'None.' };
    }
    if (!disliked || disliked.stores) this.#store(post, now);
    if (disliked) {
      post.unanswered = true;
      return { outcome: 'retry', ambiguous: true, throttled: false, status: 500, reason: 'Simulated: 500.' };
    }
    return { outcome: 'success' };
  }

  #store(post: Post, now: number): void {
    post.accepted = true;
    const { stream, logs } = post;
    if (stream === 'forwarder') return;
    for (const log of logs) if (isKept(log, now / 1000)) this.#checker.accepted(post, stream, log);
  }

  /** The sender hears the answer to a post. */
  heard(post: Post): void {
    const { invocation, stream, logs, accepted, unanswered } = post;
    post.confirmed = accepted && !unanswered;
    if (!post.confirmed || stream === 'forwarder') return;
    invocation.confirmed.set(stream, (invocation.confirmed.get(stream) ?? 0) + logs.length);
  }
}

function isKept({ alert, timeEpoch }: Log, now: number): boolean {
  const date = alert?.['creationTimestamp'] ?? timeEpoch;
  return typeof date !== 'number' || (date >= now - OLDEST_SECONDS && date <= now + NEWEST_SECONDS);
}
