import { type AlarmState, type MetricAlarm, nextState } from './alarm-state.ts';
import type { MetricStore, Reading } from './metric-store.ts';
import type { CompositeAlarm, TemplateAlarms } from './template-alarms.ts';

/** An alarm that was raised, or a notification that was sent. */
export interface Happening {
  /** Epoch seconds. */
  at: number;
  alarm: string;
}

interface Held {
  /** When the composite alarm was raised and has not notified since; epoch seconds. */
  since: number;
  /** When its suppressor was last seen raised; epoch seconds. */
  suppressedAt: number | undefined;
}

/** Alarms of a template over simulated time, evaluated once a minute as CloudWatch does. */
export class SimulatedAlarms {
  /** Every time that an alarm was raised, composite ones included. */
  readonly raised: Happening[] = [];
  /** Every notification of an alarm that was raised. */
  readonly notified: Happening[] = [];
  readonly #alarms: TemplateAlarms;
  readonly #store: MetricStore;
  readonly #extraPeriods: number;
  readonly #states = new Map<string, AlarmState>();
  /** What an alarm was last evaluated for. */
  readonly #readings = new Map<MetricAlarm, Reading>();
  readonly #held = new Map<string, Held>();

  /** @param extraPeriods how many periods more than an alarm has CloudWatch looks at */
  constructor(alarms: TemplateAlarms, store: MetricStore, extraPeriods: number) {
    this.#alarms = alarms;
    this.#store = store;
    this.#extraPeriods = extraPeriods;
  }

  stateOf(alarm: string): AlarmState {
    return this.#states.get(alarm) ?? 'INSUFFICIENT_DATA';
  }

  /** Names of the alarms that are raised. */
  active(): string[] {
    return [...this.#states].filter(([, state]) => state === 'ALARM').map(([name]) => name);
  }

  /** Evaluates all alarms. @param now epoch seconds */
  evaluate(now: number): void {
    for (const alarm of this.#alarms.metricAlarms) this.#evaluateMetric(alarm, now);
    for (const composite of this.#alarms.composites) this.#evaluateComposite(composite, now);
  }

  #evaluateMetric(alarm: MetricAlarm, now: number): void {
    const last = this.#readings.get(alarm);
    if (last && this.#store.isCurrent(last, now)) return;
    const { metric, statistic, period, evaluationPeriods } = alarm;
    const count = evaluationPeriods + this.#extraPeriods;
    const reading = this.#store.read(metric, statistic, { period, count, now });
    this.#readings.set(alarm, reading);
    const after = nextState(alarm, reading.values, this.stateOf(alarm.name));
    if (this.#change(alarm.name, after, now) && this.#alarms.notifying.has(alarm.name)) {
      this.notified.push({ at: now, alarm: alarm.name });
    }
  }

  /** @returns whether the alarm was raised just now */
  #change(name: string, state: AlarmState, now: number): boolean {
    const isRaised = state === 'ALARM' && this.stateOf(name) !== 'ALARM';
    this.#states.set(name, state);
    if (isRaised) this.raised.push({ at: now, alarm: name });
    return isRaised;
  }

  /**
   * Actions wait for the suppressor to be raised, and after it has ended they wait again. Source: CloudWatch user guide, "Alarm
   * suppression".
   */
  #evaluateComposite({ name, rule, suppressor, wait, extension }: CompositeAlarm, now: number): void {
    const holds = rule((alarm) => this.stateOf(alarm));
    if (this.#change(name, holds ? 'ALARM' : 'OK', now)) {
      this.#held.set(name, { since: now, suppressedAt: undefined });
    }
    if (!holds) this.#held.delete(name);
    const held = this.#held.get(name);
    if (!held || !this.#alarms.notifying.has(name)) return;
    if (this.stateOf(suppressor) === 'ALARM') held.suppressedAt = now;
    const due = held.suppressedAt === undefined ? held.since + wait : held.suppressedAt + extension;
    if (now < due) return;
    this.#held.delete(name);
    this.notified.push({ at: now, alarm: name });
  }
}
