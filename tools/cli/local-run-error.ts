/** What went wrong in a local run, in words for the person at the terminal. */
export class LocalRunError extends Error {
  override readonly name = 'LocalRunError';
}
