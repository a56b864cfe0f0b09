/** Holds work until a test lets it go on. */
export interface Gate {
  /** Resolves when the gate is open. */
  readonly opened: Promise<void>;
  open(): void;
}

/** A closed gate. */
export function closedGate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
