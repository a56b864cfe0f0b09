/**
 * Content uses a feature of Datadog that this interpreter does not model. It depends only on the content, never on a log,
 * so a change of the content shows it at the first run.
 */
export class NotModelled extends Error {
  /** The feature, and where it is. */
  readonly what: string;

  constructor(what: string) {
    super(`Not modelled: ${what}. Use what tools/datadog/interpreter/ knows, or model it there.`);
    this.name = 'NotModelled';
    this.what = what;
  }
}
