import type { JsonObject } from '../../../shared/json.ts';
import type { CallOptions, Source } from '../ports.ts';

const asObject = (value: unknown) =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : undefined;

/** Alert types of one run, fetched when the first alert needs one, and once. */
export class AlertTypes {
  readonly #source: Source;
  readonly #options: CallOptions;
  #all: ReadonlyMap<string, JsonObject> | Promise<ReadonlyMap<string, JsonObject>> | undefined;

  constructor(source: Source, options: CallOptions) {
    this.#source = source;
    this.#options = options;
  }

  /**
   * The type of an alert: the one that it carries, else the one that its `alertTypeVuid` names. A promise only until the
   * types are here.
   * @returns undefined when the type is not known to Valence
   * @throws as {@link Source.alertTypes} does
   */
  of(alert: JsonObject): JsonObject | undefined | Promise<JsonObject | undefined> {
    const embedded = asObject(alert['alertType']);
    const vuid = alert['alertTypeVuid'];
    if (embedded || typeof vuid !== 'string') return embedded;
    this.#all ??= this.#fetch();
    return this.#all instanceof Promise ? this.#all.then((all) => all.get(vuid)) : this.#all.get(vuid);
  }

  async #fetch(): Promise<ReadonlyMap<string, JsonObject>> {
    const all = await this.#source.alertTypes(this.#options);
    this.#all = all;
    return all;
  }
}
