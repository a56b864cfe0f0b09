/** Whether a process is there. Its id may be that of another process by now. */
export function isAlive(pid: number): boolean {
  try {
    // Signal 0 asks whether the process is there, and does nothing to it.
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
