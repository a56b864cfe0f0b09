import type { Mutant } from '../mutant.ts';

const FORWARDER = 'test/unit/lambda/forwarder';

/** Bugs in the forwarder around its core: configuration, adapters, reporting. */
export const FUNCTION: readonly Mutant[] = [
  {
    name: 'zero-taken-for-unset',
    what: 'A look-back of 0 for alerts is taken for one that is not set.',
    file: 'lambda/forwarder/config.ts',
    find: 'alertLookbackSeconds ??',
    replace: 'alertLookbackSeconds ||',
    caughtBy: [`${FORWARDER}/config.test.ts`],
  },
  {
    name: 'source-timeout-is-own-deadline',
    what: 'A timeout of Valence counts as our own deadline, so the request is never repeated.',
    file: 'lambda/forwarder/valence/attempt.ts',
    find: '(timeLeft < REQUEST_TIMEOUT_MS && (',
    replace: '((',
    caughtBy: [`${FORWARDER}/valence/attempt.test.ts`],
  },
  {
    name: 'sink-timeout-is-own-deadline',
    what: 'A timeout of Datadog counts as our own deadline, so the post is never repeated.',
    file: 'lambda/forwarder/datadog/intake.ts',
    find: "failure.reason === 'timeout' && oursWasShorter",
    replace: "failure.reason === 'timeout'",
    caughtBy: [`${FORWARDER}/datadog/intake.test.ts`],
  },
  {
    name: 'source-5xx-is-throttling',
    what: 'A 5xx of Valence counts as Throttled.',
    file: 'lambda/forwarder/valence/attempt.ts',
    find: 'throttled: status === 429',
    replace: 'throttled: status !== 408',
    caughtBy: [`${FORWARDER}/valence/attempt.test.ts`, 'test/integration/valence-answers.test.ts'],
  },
  {
    name: 'sink-5xx-is-throttling',
    what: 'A 5xx of Datadog counts as Throttled.',
    file: 'lambda/forwarder/datadog/intake.ts',
    find: 'throttled: status === 429',
    replace: 'throttled: status !== 408',
    caughtBy: [`${FORWARDER}/datadog/intake.test.ts`],
  },
  {
    name: 'lease-held-inverted',
    what: 'LeaseHeld counts the streams that were served.',
    file: 'lambda/forwarder/reporting/result.ts',
    find: 'skipped === LEASE_HELD',
    replace: 'skipped !== LEASE_HELD',
    caughtBy: ['test/end-to-end/metrics-of-a-run.test.ts'],
  },
  {
    name: 'duplicates-of-one-stream',
    what: 'Duplicates tells of the last stream alone.',
    file: 'lambda/forwarder/reporting/result.ts',
    find: 'sum + duplicates',
    replace: 'sum * 0 + duplicates',
    caughtBy: ['test/end-to-end/metrics-of-a-run.test.ts'],
  },
  {
    name: 'unusable-keys-count-once',
    what: 'Keys that cannot be used count one credential failure, however many streams they stop.',
    file: 'lambda/forwarder/actions/run.ts',
    find: "'CredentialFailures', config.streams.length",
    replace: "'CredentialFailures'",
    caughtBy: ['test/end-to-end/metrics-of-a-run.test.ts'],
  },
  {
    name: 'refused-key-not-counted',
    what: 'A stream whose key is refused counts no credential failure.',
    file: 'lambda/forwarder/core/runs/stream.ts',
    find: "run.context.ports.telemetry.count('CredentialFailures')",
    replace: '{}',
    caughtBy: ['test/end-to-end/metrics-of-a-run.test.ts'],
  },
];
