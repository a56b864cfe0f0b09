/**
 * Content uses something of Datadog's that the interpreter here does not know, so nothing can be said of what it would
 * do. Never a property of a log: whoever changes content meets it at the first try.
 */
export class NotModelled extends Error {
  constructor(what: string) {
    super(`Not modelled: ${what}. Use what tools/datadog/interpreter/ knows, or model it there.`);
    this.name = 'NotModelled';
  }
}
