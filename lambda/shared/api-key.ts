/** A key that may be replaced while the forwarder runs. */
export interface ApiKey {
  /**
   * The key.
   * @throws {CredentialError} when it cannot be had, is empty or a placeholder
   */
  value(): Promise<string>;
  /**
   * Asks for a newer key after `refused` was refused; however many callers ask, the secret is read once.
   * @returns the newer key, or undefined when there is none
   */
  renew(refused: string): Promise<string | undefined>;
  /** Where the key is kept and how to replace it, for error messages; never the key. */
  readonly fix: string;
}
