import { ALERT_SEVERITIES } from '../../../contract.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { severityOf } from '../records/alert-parts.ts';
import type { Candidate } from './reader.ts';
import type { StreamContext } from './stream-context.ts';

/** What a decision of the filter needs of the context of a stream. */
type FilterContext = Pick<StreamContext, 'alertTypes' | 'encoder' | 'settings' | 'stream'>;

/**
 * Decides which records are left out: alerts of other severities than `alertSeverities`, and those whose logs `exclude` matches.
 * They are neither sent nor in the ledger, so that a later run or a backfill with other settings sends them.
 */
export class Filter {
  readonly #context: FilterContext;

  constructor(context: FilterContext) {
    this.#context = context;
  }

  /** Whether {@link typeOf} and {@link isWanted} can answer for a record without {@link load}. */
  isReadyFor(record: JsonObject): boolean {
    return this.#context.stream !== 'alerts' || this.#context.alertTypes.isReadyFor(record);
  }

  /** Loads what they need. Throws as {@link AlertTypes.load} does. */
  load(): Promise<void> {
    return this.#context.alertTypes.load();
  }

  /** The type of an alert; undefined for an audit record, and for an alert of unknown type. */
  typeOf(record: JsonObject): JsonObject | undefined {
    return this.#context.stream === 'alerts' ? this.#context.alertTypes.of(record) : undefined;
  }

  /**
   * Whether a record is forwarded. Alerts of unknown type or severity have none that is unwanted.
   * @param now trusted time in epoch seconds
   */
  isWanted({ record, identity }: Candidate, now: number): boolean {
    const { encoder, settings } = this.#context;
    const alertType = this.typeOf(record);
    if (settings.alertSeverities) {
      const severity = alertType && severityOf(record, alertType);
      if (isKnown(severity) && !settings.alertSeverities.has(severity)) return false;
    }
    if (!settings.isExcluded) return true;
    const { content: fingerprint } = identity;
    const source = { record, alertType, fingerprint, update: false, backfill: false };
    return !settings.isExcluded(encoder.attributesOf(source, now));
  }
}

/** Whether a severity is one that settings can name. */
const isKnown = (severity: unknown): severity is string =>
  ALERT_SEVERITIES.some((known) => known === severity);
