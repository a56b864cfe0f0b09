/** Whether a process exists. Its id may meanwhile belong to another process. */
export function isAlive(pid: number): boolean {
  try {
    // Signal 0 only asks whether the process exists.
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
