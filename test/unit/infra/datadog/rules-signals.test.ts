import { describe, expect, it } from 'vitest';
import { ALERT_FACTS } from '../../../../infra/datadog/facts.ts';
import type { DetectionRule } from '../../../../infra/datadog/rule-types.ts';
import { DETECTION_RULES, type RuleKey } from '../../../../infra/datadog/rules.ts';
import { CHANGED_PARTS } from '../../../../lambda/contract.ts';
import { TIME_FIELD } from '../../../../lambda/forwarder/core/records/time.ts';
import { groupsReader } from '../../../../tools/datadog/evaluator/rule-groups.ts';
import { isEvaluated, logsSeenBy, signalsOf } from '../../../../tools/datadog/evaluator/rules.ts';
import type { ProcessedLog } from '../../../../tools/datadog/interpreter/log.ts';
import { facetValues, matches } from '../../../../tools/datadog/interpreter/query/match.ts';
import { RULE_SAMPLES } from '../../../support/datadog/rule-samples/all.ts';
import { type Circumstances, logsOf } from '../../../support/datadog/rule-samples/logs.ts';
import {
  alert,
  HOUR,
  type SampleRecord,
  START,
  uploaded,
} from '../../../support/datadog/rule-samples/records.ts';
import { sampleRecords } from '../../../support/datadog/sample-logs.ts';

interface Sampled {
  key: RuleKey;
  rule: DetectionRule;
}

const ALL: Sampled[] = Object.entries(DETECTION_RULES).map(([key, rule]) => ({ key: key as RuleKey, rule }));

/** What these learn cannot be had offline: whether they look at the right logs can. */
const isLearned = ({ rule }: Sampled) => !isEvaluated(rule);
/** Their findings depend on when things happened. */
const needsTime = ({ rule }: Sampled) =>
  ['impossible_travel', 'sequence_detection'].includes(rule.options.detectionMethod);

const EVALUATED = ALL.filter((each) => !isLearned(each));
const LEARNED = ALL.filter(isLearned);

const firing = EVALUATED.flatMap(({ key, rule }) =>
  RULE_SAMPLES[key].fires.map((sample, index) => ({ key, rule, number: index + 1, ...sample })),
);
const quiet = EVALUATED.flatMap(({ key, rule }) =>
  Object.entries(RULE_SAMPLES[key].quiet).map(([why, records]) => ({ key, rule, why, records })),
);

const signals = (rule: DetectionRule, records: readonly SampleRecord[], circumstances?: Circumstances) =>
  signalsOf(rule, logsOf(records, circumstances));

const LATE: Circumstances = { lateBy: 20 * HOUR };

describe('the signals of a rule', () => {
  it.each(firing)('$key raises a signal of severity $status for sample $number', (given) => {
    expect(signals(given.rule, given.records)).toEqual([
      expect.objectContaining({ status: given.status, group: given.about }),
    ]);
  });

  it.each(firing)('$key needs every log of sample $number for severity $status', (given) => {
    for (const missing of given.records) {
      const others = given.records.filter((record) => record !== missing);
      expect(signals(given.rule, others).map(({ status }) => status)).not.toContain(given.status);
    }
  });

  const counted = firing.flatMap((sample) => {
    const { options } = sample.rule;
    return options.detectionMethod === 'threshold' && sample.records.length > 1
      ? [{ ...sample, window: options.evaluationWindow }]
      : [];
  });

  it.each(counted)('$key counts only within its window (sample $number)', (given) => {
    const spread = given.records.map(({ stream, record }, index) => ({
      stream,
      record: { ...record, [TIME_FIELD[stream]]: START + index * given.window },
    }));
    expect(signals(given.rule, spread).map(({ status }) => status)).not.toContain(given.status);
  });

  it.each(quiet)('$key is quiet: $why', ({ rule, records }) => {
    expect(signals(rule, records)).toEqual([]);
  });

  it.each(quiet)('$key stays quiet when all logs come twice: $why', ({ rule, records }) => {
    const once = logsOf(records);
    expect(signalsOf(rule, [...once, ...once])).toEqual([]);
  });

  it.each(ALL)('$key has a sample for each of its severities', ({ key, rule }) => {
    const { options } = rule;
    const statuses = [
      ...[...rule.cases, ...(rule.thirdPartyCases ?? [])].map(({ status }) => status),
      ...(options.detectionMethod === 'third_party' ? [options.thirdPartyRuleOptions.defaultStatus] : []),
    ];
    expect(new Set(RULE_SAMPLES[key].fires.map(({ status }) => status))).toEqual(new Set(statuses));
    expect(Object.keys(RULE_SAMPLES[key].quiet)).not.toEqual([]);
  });
});

it('an upload is no change of an export, although the hosted pipeline reads the name of its file as a connector', () => {
  const rule = DETECTION_RULES['siem-export-changed'];
  const misread = logsOf([uploaded(START, 'HR')]).map((log) => ({
    ...log,
    attributes: {
      ...log.attributes,
      connector_change_details: { type: 'data file "Datadog "x"" to a Custom' },
    },
  }));
  expect(misread.filter((log) => matches('@connector_change_details.type:*Datadog*', log))).toHaveLength(1);
  expect(signalsOf(rule, misread)).toEqual([]);
});

describe('old logs', () => {
  const seen = ({ rule }: Sampled, logs: readonly ProcessedLog[]) =>
    isLearned({ rule } as Sampled) ? logsSeenBy(rule, logs) : signalsOf(rule, logs);

  const samples = (given: readonly Sampled[]) =>
    given.flatMap(({ key, rule }) =>
      RULE_SAMPLES[key].fires.map(({ records }, index) => ({ key, rule, number: index + 1, records })),
    );

  it.each(samples(ALL))('$key leaves out a backfill (sample $number)', (given) => {
    expect(seen(given, logsOf(given.records, { backfill: true }))).toEqual([]);
  });

  it.each(samples(ALL.filter(needsTime)))('$key leaves out re-dated logs (sample $number)', (given) => {
    expect(seen(given, logsOf(given.records, LATE))).toEqual([]);
  });

  it.each(samples(EVALUATED.filter((each) => !needsTime(each))))(
    '$key still raises signals for logs that an outage delayed (sample $number)',
    (given) => {
      expect(seen(given, logsOf(given.records, LATE))).toHaveLength(1);
    },
  );

  const ofAlerts = ALL.filter(({ key }) =>
    RULE_SAMPLES[key].fires.every(({ records }) => records.every(({ stream }) => stream === 'alerts')),
  );

  /** Without the rules about updates, whose samples say themselves what changed. */
  const aboutNewAlerts = samples(ofAlerts).filter(({ records }) => records.every(({ changed }) => !changed));

  it.each(aboutNewAlerts)(
    '$key leaves out alerts of which only the status changed (sample $number)',
    (given) => {
      expect(seen(given, logsOf(given.records, { changed: ['status'] }))).toEqual([]);
    },
  );

  it.each(aboutNewAlerts)(
    '$key leaves out updates that do not say what changed (sample $number)',
    (given) => {
      expect(seen(given, logsOf(given.records, { changed: [] }))).toEqual([]);
    },
  );

  it.each(
    CHANGED_PARTS.filter((part) => part !== 'status').flatMap((part) =>
      aboutNewAlerts.map((sample) => ({ ...sample, part })),
    ),
  )('$key sees known alerts with other $part (sample $number)', (given) => {
    expect(seen(given, logsOf(given.records, { changed: ['status', given.part] }))).not.toEqual([]);
  });
});

describe('rules that learn', () => {
  const known = LEARNED.flatMap(({ key, rule }) => {
    const { fires, quiet: others } = RULE_SAMPLES[key];
    return fires.map((sample) => ({ key, rule, ...sample, others: Object.values(others).flat() }));
  });

  it.each(known)('$key reads its logs and no others', ({ rule, records, about, others }) => {
    const logs = logsOf(records);
    const [query] = rule.queries;

    expect(logsSeenBy(rule, logs)).toEqual(logs);
    for (const log of logs) expect(groupsReader(query?.groupByFields ?? [])(log)).toEqual([about]);
    expect(logsSeenBy(rule, logsOf(others))).toEqual([]);
  });
});

describe('the title of a signal', () => {
  const logs = sampleRecords();

  /** A text with the values of a log. */
  const filledIn = (template: string, log: ProcessedLog) =>
    template.replace(/\{\{([^{}]+)\}\}/g, (_, attribute: string) => facetValues(log, attribute).join(', '));

  it.each(ALL)('of $key has a text for each variable, and names each group', ({ rule }) => {
    const { options } = rule;
    const thirdParty = options.detectionMethod === 'third_party' && options.thirdPartyRuleOptions;
    const template = thirdParty ? thirdParty.signalTitleTemplate : rule.name;
    const variables = template.match(/\{\{[^{}]+\}\}/g) ?? [];
    const seen = (thirdParty ? thirdParty.rootQueries : rule.queries).flatMap(({ query, groupByFields }) =>
      logs
        .filter((log) => matches(query, log))
        .flatMap((log) => groupsReader(groupByFields)(log).map((group) => ({ log, group }))),
    );

    for (const { log, group } of seen) {
      expect(group).not.toContain('');
      expect(variables.map((variable) => filledIn(variable, log))).not.toContain('');
      expect(filledIn(template, log)).toMatch(/^Valence: .*\S$/s);
    }
  });

  it('of an alert is the name of its type, or says that the type is not known', () => {
    const title = (type: string | null) =>
      facetValues(logsOf([alert(START, { type })])[0] as ProcessedLog, ALERT_FACTS.title);

    expect(title('Mail forwarded')).toEqual(['Mail forwarded']);
    expect(title('')).toEqual(['alert of unknown type']);
    expect(title(null)).toEqual(['alert of unknown type']);
  });
});

it('every new alert of the forwarder has a signal', () => {
  const alertLogs = sampleRecords().filter((log) =>
    matches('service:alerts @valence_forwarder.fingerprint:* -@valence_forwarder.update:true', log),
  );
  for (const log of alertLogs) expect(signalsOf(DETECTION_RULES.alert, [log])).toHaveLength(1);
});

it('an alert that comes twice has one signal', () => {
  const again = { vuid: 'alert-9' };
  expect(signals(DETECTION_RULES.alert, [alert(START, again), alert(START, again)])).toHaveLength(1);
});

it('an alert without an id has a signal by its content', () => {
  const found = signals(DETECTION_RULES.alert, [
    { stream: 'alerts', record: { summaryLine: 'no id', creationTimestamp: START } },
  ]);

  expect(found).toEqual([
    expect.objectContaining({ status: 'medium', group: [expect.stringMatching(/^[0-9a-f]{32}$/)] }),
  ]);
});
