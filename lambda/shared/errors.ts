import { RUN_FAILED } from '../contract.ts';
/**
 * The errors of the forwarder, one class for each meaning. None carries a key, a header or a record: each may be
 * logged, returned and shown as it is.
 */

/**
 * Names a class of errors. The bundle's classes have short names of their own; an error is shown by the name that it inherits, but
 * Lambda logs that of its class as `errorType`.
 */
export function named(errorClass: { readonly prototype: ForwarderError }, name: string): void {
  errorClass.prototype.name = name;
  Object.defineProperty(errorClass, 'name', { value: name });
}

/** An error that a person can act on. */
export abstract class ForwarderError extends Error {
  /** Short and stable, for alarms, tests and tickets: `source-unreachable`. */
  readonly code: string;
  /** What the reader can do about it, as a sentence. */
  readonly fix: string;
  /** The HTTP status that caused it, where one did. */
  readonly status: number | undefined;

  constructor(code: string, message: string, fix: string, status?: number) {
    super(message);
    this.code = code;
    this.fix = fix;
    this.status = status;
  }
}

/** The configuration is wrong. Holds every problem found, one line each. */
export class ConfigError extends ForwarderError {
  static {
    named(ConfigError, 'ConfigError');
  }

  /** A sentence for each problem, which begins with the name of the setting. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super(
      'configuration',
      `The configuration has ${count}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      'Correct the named settings.',
    );
    this.problems = problems;
  }
}

/** Valence did not answer as it must: the slice being read stays open. */
export class SourceError extends ForwarderError {
  static {
    named(SourceError, 'SourceError');
  }
}

/** Datadog did not accept a post, and not because of the logs in it. */
export class SinkError extends ForwarderError {
  static {
    named(SinkError, 'SinkError');
  }
}

/** A key is missing, unusable or was refused. */
export class CredentialError extends ForwarderError {
  static {
    named(CredentialError, 'CredentialError');
  }
}

/** The state table did not answer, or holds what cannot be true. */
export class StateError extends ForwarderError {
  static {
    named(StateError, 'StateError');
  }
}

/** The lease belongs to another run now: this run must not save anything more. */
export class LeaseLost extends StateError {
  static {
    named(LeaseLost, 'LeaseLost');
  }

  constructor(stream: string) {
    super(
      'lease-lost',
      `Another run has taken over the lease of ${stream}.`,
      'Nothing to do: the other run continues from the saved watermark.',
    );
  }
}

/** A record that Datadog refused could not be put into the quarantine bucket. */
export class QuarantineError extends ForwarderError {
  static {
    named(QuarantineError, 'QuarantineError');
  }
}

/** The clocks cannot be trusted, so no range can be called complete. */
export class ClockError extends ForwarderError {
  static {
    named(ClockError, 'ClockError');
  }
}

/** The time of this run is used up. Not a failure: the run ends `partial` and the next one continues. */
export class OutOfTime extends Error {
  constructor(doing: string) {
    super(`Out of time while ${doing}.`);
    this.name = 'OutOfTime';
  }
}

/**
 * Valence has answered 503 and asked for patience for as long as a run may wait for one range. It may answer for others; if it
 * does not, the run ends as after any other lack of time.
 */
export class StillBusy extends OutOfTime {}

/** At least one stream failed. Thrown at the end of a run, after every stream was served. */
export class RunFailed extends ForwarderError {
  static {
    named(RunFailed, RUN_FAILED);
  }

  /**
   * @param message names what failed, by which codes, and what to do about it. Lambda logs an error as its message, its stack and its
   *   other properties, so these do not repeat it.
   */
  constructor(message: string) {
    super('run-failed', message, 'See the message.');
    this.stack = RUN_FAILED;
  }
}
