/** A log as JSON in three parts, which the batch writes one after the other, so that they are never concatenated. */
export class LogText {
  /** Everything before the record, or the whole log if it does not contain the record unchanged. */
  readonly head: string;
  /** The record, without its braces if it is an audit record; or empty. */
  readonly body: string;
  readonly tail: string;
  /** Canonical JSON of the record, if the body is empty. */
  readonly record: string | undefined;

  constructor(head: string, body: string, tail: string, record?: string) {
    this.head = head;
    this.body = body;
    this.tail = tail;
    this.record = record;
  }

  /** In UTF-16 code units. */
  get length(): number {
    return this.head.length + this.body.length + this.tail.length;
  }

  /** In UTF-8. */
  get bytes(): number {
    return Buffer.byteLength(this.head) + Buffer.byteLength(this.body) + Buffer.byteLength(this.tail);
  }
}
