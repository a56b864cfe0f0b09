import type { JsonObject } from '../../../shared/json.ts';
import type { CallOptions, Source } from '../ports.ts';

const asObject = (value: unknown) =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : undefined;

/** The alert types of one run. They are fetched once, when the first alert needs one. */
export class AlertTypes {
  readonly #source: Source;
  readonly #options: CallOptions;
  #loading: Promise<void> | undefined;
  #all: ReadonlyMap<string, JsonObject> | undefined;

  constructor(source: Source, options: CallOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Whether {@link of} can answer for an alert without {@link load}. */
  isReadyFor(alert: JsonObject): boolean {
    return this.#all !== undefined || referenceIn(alert) === undefined;
  }

  /** Fetches all types, once. Throws as {@link Source.alertTypes} does, and then for each caller of this run. */
  load(): Promise<void> {
    this.#loading ??= this.#fetch();
    return this.#loading;
  }

  /**
   * The type of an alert: the embedded one, or else the one that its `alertTypeVuid` names.
   * @returns undefined when Valence does not know the type
   */
  of(alert: JsonObject): JsonObject | undefined {
    const reference = referenceIn(alert);
    return reference === undefined ? asObject(alert['alertType']) : this.#all?.get(reference);
  }

  async #fetch(): Promise<void> {
    this.#all = await this.#source.alertTypes(this.#options);
  }
}

/** The id of the type of an alert that does not embed it. */
function referenceIn(alert: JsonObject): string | undefined {
  const vuid = alert['alertTypeVuid'];
  return asObject(alert['alertType']) || typeof vuid !== 'string' ? undefined : vuid;
}
