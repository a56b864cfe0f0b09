/** A problem that the person at the terminal can act on: the message is shown as it is, without a stack. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
