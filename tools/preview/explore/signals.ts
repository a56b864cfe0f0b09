import type { DetectionRule } from '../../../infra/datadog/rule-types.ts';
import { RULE_STATUSES } from '../../../infra/datadog/rule-types.ts';
import type { Signal } from '../../datadog/evaluator/rules.ts';
import { termOf } from '../../datadog/interpreter/query/term.ts';
import { BadQuery } from '../bad-query.ts';
import { evaluatedRules } from '../data/evaluated-rules.ts';
import { titleOf } from '../data/template.ts';
import type { ExplainedSignal, FoundSignals, ListedSignal, QuietRule } from './answers.ts';
import type { Archive } from './archive.ts';
import { messageBlocks } from './message.ts';
import { listed } from './page.ts';
import { quietOf, searchOf } from './quiet.ts';

/** Which signals are shown. */
export interface SignalFilter {
  status?: string | undefined;
  rule?: string | undefined;
  /** How many are left out at the beginning. */
  offset: number;
  limit: number;
}

interface Raised {
  listed: ListedSignal;
  rule: DetectionRule;
  signal: Signal;
}

const SAMPLES = 10;

/** What the detection rules raise over the logs of one archive. */
export class Signals {
  readonly #archive: Archive;
  #raised: readonly Raised[] | undefined;
  #quiet: QuietRule[] | undefined;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  list({ status, rule, offset, limit }: SignalFilter): FoundSignals {
    const all = this.#all().map((each) => each.listed);
    const counted = <T>(of: (signal: ListedSignal) => T, value: T) =>
      all.filter((signal) => of(signal) === value).length;
    const asked = all.filter(
      (signal) =>
        (status === undefined || signal.status === status) && (rule === undefined || signal.rule === rule),
    );
    return {
      total: all.length,
      statuses: RULE_STATUSES.map((each) => ({
        status: each,
        count: counted((signal) => signal.status, each),
      })).filter((each) => each.count > 0),
      rules: this.#evaluated()
        .map(({ key, rule: { name }, signals }) => ({ rule: key, name, count: signals.length }))
        .filter((each) => each.count > 0),
      signals: asked.slice(offset, offset + limit),
      matching: asked.length,
      quiet: this.#quietRules(),
    };
  }

  /** @throws {BadQuery} when there is no such signal */
  one(id: string): ExplainedSignal {
    const raised = this.#all().find((each) => each.listed.id === id);
    if (!raised) throw new BadQuery('There is no such signal any more. Load the list again.');
    const { listed: shown, rule, signal } = raised;
    const newest = signal.logs.toReversed();
    const terms = shown.group.map(({ facet, value }) => termOf(facet, value));
    return {
      ...shown,
      message: messageBlocks(rule.message, newest),
      samples: newest.slice(0, SAMPLES).map((log) => listed(log)),
      search: [`(${searchOf(rule)})`, ...terms].join(' '),
    };
  }

  #evaluated() {
    return evaluatedRules(this.#archive.given);
  }

  #all(): readonly Raised[] {
    this.#raised ??= this.#evaluated()
      .flatMap(({ key, rule, signals }) =>
        signals.map(
          (signal, index): Raised => ({ listed: listedSignal(key, rule, signal, index), rule, signal }),
        ),
      )
      .sort((one, other) => other.listed.to - one.listed.to);
    return this.#raised;
  }

  #quietRules(): QuietRule[] {
    this.#quiet ??= this.#evaluated()
      .filter(({ signals }) => signals.length === 0)
      .map(({ key, rule }) => ({
        rule: key,
        name: rule.name,
        search: searchOf(rule),
        ...quietOf(rule, this.#archive.given),
      }));
    return this.#quiet;
  }
}

function listedSignal(key: string, rule: DetectionRule, signal: Signal, index: number): ListedSignal {
  const { status, facets, group, from, to, logs } = signal;
  return {
    id: `${key}.${index}`,
    rule: key,
    status,
    title: titleOf(rule, signal),
    group: facets.map((facet, at) => ({ facet, value: group[at] ?? '' })),
    from: from * 1000,
    to: to * 1000,
    logs: logs.length,
  };
}
