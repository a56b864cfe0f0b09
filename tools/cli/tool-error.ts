/** A problem that the user can act on: only the message is shown, without a stack. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
