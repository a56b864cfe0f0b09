import { inspect } from 'node:util';

/** The child process of {@link useInstaller}. It is warm between two invocations. */

/** One invocation as the parent asks for it. */
export interface InstallerInvocation {
  /** Comes back with the outcome, since there may be two invocations at the same time. */
  number: number;
  /** URL of the built installer. */
  artefact: string;
  event: unknown;
  /** The function's whole environment for this invocation, in addition to that of the process. */
  environment: Readonly<Record<string, string>>;
  /** Milliseconds that the function is given. */
  timeoutMs: number;
}

/** The result of an invocation, in addition to the answer that CloudFormation received. */
export type InstallerOutcome = { ok: true } | { ok: false; error: string };

// Full jitter may be no wait at all: retries then take no time.
Math.random = () => 0;

const ownEnvironment = { ...process.env };

async function invoke({
  artefact,
  event,
  environment,
  timeoutMs,
}: InstallerInvocation): Promise<InstallerOutcome> {
  process.env = { ...ownEnvironment, ...environment };
  const end = performance.now() + timeoutMs;
  try {
    const { handler } = await import(artefact);
    await handler(event, {
      awsRequestId: 'request',
      getRemainingTimeInMillis: () => end - performance.now(),
    });
    return { ok: true };
  } catch (error) {
    return { ok: false, error: inspect(error, { depth: 8, showHidden: true }) };
  }
}

process.on('message', (message) => {
  const invocation = message as InstallerInvocation;
  void invoke(invocation).then((outcome) => process.send?.([invocation.number, outcome]));
});
// A parent that was killed leaves no orphan.
process.on('disconnect', () => process.exit());
