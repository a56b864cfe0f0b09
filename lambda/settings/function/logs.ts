import * as z from 'zod';
import { LOG_LEVELS } from '../../contract.ts';
import { REDACT_PATH_FORM, redactPathProblem } from '../../shared/redact-path.ts';
import type { FunctionSetting } from '../definition.ts';
import { count, json, switched, word } from '../kinds.ts';
import { strictObject } from '../readers.ts';

const redactPath = () =>
  z.string({ error: 'is not text' }).superRefine((path, context) => {
    const message = redactPathProblem(path);
    if (message) context.addIssue({ code: 'custom', message });
  });

/** What is removed from every log. Unknown keys are refused: otherwise a misspelled rule would protect nothing. */
const redactRules = strictObject({
  remove: z.array(redactPath(), { error: 'is not a list of paths' }).default([]),
  hash: z.array(redactPath(), { error: 'is not a list of paths' }).default([]),
});

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
    example: { context: true, environment: 'true' },
  },
  /**
   * How many records of a stream may go to quarantine in one run. At more, the stream fails, and the next run continues.
   * @default 1000
   */
  maxQuarantined: {
    context: 'maxQuarantined',
    environment: 'MAX_QUARANTINED',
    value: count(1, 100_000),
    default: 1000,
    description:
      'How many records of a stream may go to quarantine in one run. At more, the stream fails, and the next run continues.',
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
} as const satisfies Record<string, FunctionSetting>;
