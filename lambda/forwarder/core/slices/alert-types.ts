import { MAX_ALERT_TYPE_TEXT } from '../../../limits.ts';
import { SourceError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { cutText } from '../logs/shrink.ts';
import type { CallOptions, Source, Telemetry } from '../ports.ts';
import { canonicalForm } from '../records/canonical-json.ts';

const asObject = (value: unknown) =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : undefined;

/** The alert types could not be read. It says nothing about the range that is being read. */
export class AlertTypesError extends SourceError {
  constructor({ code, message, fix, status }: SourceError) {
    super(code, message, fix, status);
  }
}

export interface AlertTypesOptions extends CallOptions {
  telemetry: Telemetry;
  /** Whether alerts are forwarded without their types when those cannot be read, because they have waited long enough. */
  mayBeMissing: boolean;
}

/** The alert types of one run. They are fetched once, when the first alert needs one. */
export class AlertTypes {
  readonly #source: Source;
  readonly #options: AlertTypesOptions;
  #loading: Promise<void> | undefined;
  #all: ReadonlyMap<string, JsonObject> | undefined;
  /** The outcome of this run's request for the types. */
  outcome: 'not-asked' | 'loaded' | 'failed' = 'not-asked';

  constructor(source: Source, options: AlertTypesOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Whether {@link of} can answer for an alert without {@link load}. */
  isReadyFor(alert: JsonObject): boolean {
    return this.#all !== undefined || referenceIn(alert) === undefined;
  }

  /**
   * Fetches all types, once. Throws as {@link Source.alertTypes} does, and then for each caller of this run.
   * @throws {AlertTypesError} instead of a {@link SourceError}, unless the types may be missing
   */
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
    const { telemetry, mayBeMissing, ...call } = this.#options;
    try {
      const types = await this.#source.alertTypes(call);
      this.#all = new Map([...types].map(([vuid, type]) => [vuid, withoutExcess(type)]));
      this.outcome = 'loaded';
    } catch (error) {
      this.outcome = 'failed';
      if (!(error instanceof SourceError)) throw error;
      if (!mayBeMissing) throw new AlertTypesError(error);
      telemetry.warn(
        'alert-types-missing',
        'Valence has not listed the alert types for an hour. Alerts are forwarded without them.',
        { code: error.code, status: error.status },
      );
      this.#all = new Map();
    }
  }
}

/** What rules, dashboards and filters read of a type: all that is left of a huge one, within about 20,000 characters, too. */
const FACTS = [
  ...['vuid', 'name', 'description', 'severity', 'defaultSeverity', 'platform', 'sourceKind', 'disabled'],
  ...['mitreAttackTactics', 'mitreAttackTechniques'],
];
const FACT_CHARACTERS = 1_000;
const LISTED_CHARACTERS = 50;
const LISTED = 50;

const isScalar = (value: unknown): boolean =>
  value === null || typeof value === 'boolean' || typeof value === 'number';

/** A fact without what makes it long: texts are cut in the middle, of lists the first texts stay. */
function shortFact(value: unknown): unknown {
  if (typeof value === 'string') return cutText(value, FACT_CHARACTERS);
  if (!Array.isArray(value)) return isScalar(value) ? value : undefined;
  return value
    .filter((item) => typeof item === 'string' && item.length <= LISTED_CHARACTERS)
    .slice(0, LISTED);
}

/** Each alert of a type is fitted and written with it, so a huge one would block a run. */
function withoutExcess(type: JsonObject): JsonObject {
  if (canonicalForm(type).text.length <= MAX_ALERT_TYPE_TEXT) return type;
  const facts = FACTS.filter((name) => Object.hasOwn(type, name)).map((name) => [
    name,
    shortFact(type[name]),
  ]);
  return Object.fromEntries(facts.filter(([, fact]) => fact !== undefined));
}

/** The id of the type of an alert that does not embed it. */
function referenceIn(alert: JsonObject): string | undefined {
  const vuid = alert['alertTypeVuid'];
  return asObject(alert['alertType']) || typeof vuid !== 'string' ? undefined : vuid;
}
