/**
 * What the operating system refused, in a line: no permission, no space, a file where a folder should be. Undefined for any
 * other error, which is a fault of the tool and worth its stack.
 */
export function systemErrorText(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return `The operating system refused: ${error.message}.`;
}
