/** A log as JSON, in parts that need not be put together before they are written. */
export class LogText {
  /** What goes before the record: the whole log where it does not hold the record as it is. */
  readonly head: string;
  /** The record, an audit record's without its braces; or nothing. */
  readonly body: string;
  readonly tail: string;
  /** The record as canonical JSON, from which it can be read again, where that is not the body. */
  readonly record: string | undefined;

  constructor(head: string, body: string, tail: string, record?: string) {
    this.head = head;
    this.body = body;
    this.tail = tail;
    this.record = record;
  }

  /** In units of a JavaScript string. */
  get length(): number {
    return this.head.length + this.body.length + this.tail.length;
  }

  /** In UTF-8. */
  get bytes(): number {
    return Buffer.byteLength(this.head) + Buffer.byteLength(this.body) + Buffer.byteLength(this.tail);
  }
}
