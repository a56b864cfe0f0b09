/** Waits for one's turn; resolves with what ends it. */
export type Turn = () => Promise<() => void>;

/** Lets those who ask go on one after another, in the order in which they asked. */
export function oneAtATime(): Turn {
  let last = Promise.resolve();
  return async () => {
    const before = last;
    let end = () => {};
    last = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  };
}
