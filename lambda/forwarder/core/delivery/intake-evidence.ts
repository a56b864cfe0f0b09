/** What the posts of one stream have shown during a run about whether the intake works at all. */
export class IntakeEvidence {
  #begun = 0;
  /** Number of the latest post that was accepted. */
  #accepted = -1;
  /** When probes were posted, in milliseconds of the monotonic clock. */
  readonly probedAt: number[] = [];
  /** The outcome of the last probe, and when it was posted. */
  lastProbe: { at: number; error: Error | undefined } | undefined;
  /** The probe under way. */
  probing: Promise<void> | undefined;

  /** How many posts have begun. */
  get posts(): number {
    return this.#begun;
  }

  /** @returns the number of a post that begins now */
  beginPost(): number {
    return this.#begun++;
  }

  postAccepted(number: number): void {
    this.#accepted = Math.max(this.#accepted, number);
  }

  /** Whether the intake has accepted a post that began when so many had begun, or later. */
  hasAcceptedSince(posts: number): boolean {
    return this.#accepted >= posts;
  }
}
