import type { Deadline } from './clock.ts';

/** What a call for a key may cost. */
export interface KeyCall {
  /** No request for the key lasts longer. */
  deadline: Deadline;
  /** Aborts a request for the key. */
  signal?: AbortSignal | undefined;
}

/** A key that may be replaced while the forwarder runs. */
export interface ApiKey {
  /**
   * The key.
   * @throws {CredentialError} when it cannot be read, is empty or a placeholder
   */
  value(call?: KeyCall): Promise<string>;
  /**
   * Asks for a newer key after `refused` was refused; however many callers ask, the secret is read once.
   * @returns the newer key, or undefined when there is none
   */
  renew(refused: string, call?: KeyCall): Promise<string | undefined>;
  /** Where the key is kept and how to replace it, for error messages; never the key. */
  readonly fix: string;
}
