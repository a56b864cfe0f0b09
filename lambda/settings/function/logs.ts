import * as z from 'zod/mini';
import { LOG_LEVELS, STREAMS } from '../../contract.ts';
import { EXCLUDE_FORM, excludePathProblem } from '../../shared/exclude-condition.ts';
import { REDACT_PATH_FORM, redactPathProblem } from '../../shared/redact-path.ts';
import type { FunctionSetting } from '../definition.ts';
import { count, json, switched, word } from '../kinds.ts';
import { oneOf, plainText, strictObject, without } from '../readers.ts';

const redactPath = () => plainText().check(without(redactPathProblem));

const redactPaths = () => z._default(z.array(redactPath(), { error: 'is not a list of paths' }), []);

/** What is removed from every log. Unknown keys are refused: otherwise a misspelled rule would protect nothing. */
const redactRules = strictObject({
  remove: redactPaths(),
  hash: redactPaths(),
});

const comparedValue = () =>
  z.union([z.string(), z.number(), z.boolean(), z.null()], {
    error: 'is neither text nor a number, true, false or null',
  });

const comparedValues = () =>
  z
    .array(comparedValue(), { error: 'is not a list of values' })
    .check(z.minLength(1, { error: 'holds no value' }));

const comparedPaths = () =>
  z.record(z.string(), comparedValues(), { error: 'is not an object of paths and lists of values' }).check(
    z.refine((where) => Object.keys(where).length > 0, {
      error: 'holds no path, so that the whole stream would be left out',
    }),
  );

const excludeCondition = strictObject({ stream: oneOf(STREAMS), where: comparedPaths() }).check(
  z.superRefine(({ stream, where }, context) => {
    for (const path of Object.keys(where)) {
      const message = excludePathProblem(stream, path);
      if (message) context.addIssue({ code: 'custom', message, path: ['where', path] });
    }
  }),
);

/** Conditions on logs. What would match everything or nothing is refused, because it cannot be meant. */
const excludeConditions = z.array(excludeCondition, { error: 'is not a list of conditions' });

/** What leaves AWS, and what the function logs itself. */
export const logSettings = {
  /**
   * Paths of the log to remove or to replace by a keyed hash, see docs/security.md.
   * @default none
   */
  redact: {
    context: 'redact',
    environment: 'REDACT',
    value: json(redactRules, {
      context: `a JSON object \`{"remove":[...],"hash":[...]}\` of ${REDACT_PATH_FORM}`,
      environment: `JSON \`{"remove":[...],"hash":[...]}\` of ${REDACT_PATH_FORM}`,
    }),
    description: {
      context: 'Paths of the log to remove, or to replace by a keyed hash, before it leaves AWS.',
      environment: 'Paths of the log to remove, or to replace by a keyed hash.',
    },
    example: {
      context: { remove: ['details'], hash: ['actor'] },
      environment: '{"remove":["details"],"hash":["actor"]}',
    },
  },
  /**
   * Conditions on logs. What matches one is not sent, and counts as filtered.
   * @default none
   */
  exclude: {
    context: 'exclude',
    environment: 'EXCLUDE',
    value: json(excludeConditions, {
      context: `a JSON list of conditions ${EXCLUDE_FORM}`,
      environment: `a JSON list of conditions ${EXCLUDE_FORM}`,
    }),
    description: {
      context: 'Conditions on logs: what matches one is not sent to Datadog, and counts as filtered.',
      environment: 'Conditions on logs: what matches one is not sent, and counts as filtered.',
    },
    mayHoldIds: true,
    example: {
      context: [{ stream: 'audit-logs', where: { action: ['User signed in'], success: [true] } }],
      environment: '[{"stream":"audit-logs","where":{"action":["User signed in"],"success":[true]}}]',
    },
  },
  /**
   * Apply `redact` to quarantined records, too. An unreadable element is then kept without its bytes.
   * @default false
   */
  quarantineRedacted: {
    context: 'quarantineRedacted',
    environment: 'QUARANTINE_REDACTED',
    value: switched(),
    default: false,
    description:
      'Apply `redact` to quarantined records, too. An unreadable element is then kept without its bytes.',
    example: { context: true, environment: 'true', with: { redact: { remove: ['details'] } } },
  },
  /**
   * How many records of a stream may go to quarantine in one run, of 50 kB on average. At more, the stream fails, and the next run continues.
   * @default 1000
   */
  maxQuarantined: {
    context: 'maxQuarantined',
    environment: 'MAX_QUARANTINED',
    value: count(1, 100_000),
    default: 1000,
    description:
      'How many records of a stream may go to quarantine in one run, of 50 kB on average. At more, the stream fails, and the next run continues.',
    example: { context: 5000, environment: '5000' },
  },
  /**
   * Send Datadog a log about each run. The forwarder's own dashboard and monitors in Datadog need it.
   * @default true
   */
  runSummaryLogs: {
    context: 'runSummaryLogs',
    environment: 'RUN_SUMMARY_LOGS',
    value: switched(),
    default: false,
    stackDefault: true,
    description: {
      context:
        "Send Datadog a log about each run. The forwarder's own dashboard and monitors in Datadog need it.",
      environment: 'Send Datadog a log about each run, with its counts and lag.',
    },
    example: { context: false, environment: 'false' },
  },
  /**
   * Lowest level of the lines that the function logs.
   * @default 'INFO'
   */
  logLevel: {
    context: 'logLevel',
    environment: 'LOG_LEVEL',
    value: word(LOG_LEVELS),
    default: 'INFO',
    description: {
      context: 'Lowest level of the lines that the function logs. The saved queries need `INFO`.',
      environment: 'Lowest level of the lines that the function logs.',
    },
    example: { context: 'DEBUG', environment: 'DEBUG' },
  },
  /**
   * Make CloudWatch metrics of all values of the metric lines, and not only of those that an alarm needs. See docs/cost.md.
   * @default false
   */
  allMetrics: {
    context: 'allMetrics',
    environment: 'ALL_METRICS',
    value: switched(),
    default: false,
    description: {
      context:
        'Make CloudWatch metrics of all values that a run measures, for dashboards and alarms of your own: 4.50 US dollars a month. By default only alarms have metrics, and the dashboard reads the log.',
      environment:
        'Make CloudWatch metrics of all values of a run, and not only of those that an alarm needs.',
    },
    example: { context: true, environment: 'true' },
  },
} as const satisfies Record<string, FunctionSetting>;
