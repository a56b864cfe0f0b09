import { buildLog } from '../../lambda/forwarder/core/logs/build.ts';
import { redaction } from '../../lambda/forwarder/core/logs/redact/redact.ts';
import type { Log, LogSource } from '../../lambda/forwarder/core/logs/types.ts';
import type { RedactRules } from '../../lambda/shared/redact-path.ts';
import { LOG_CONTEXT, SECRET } from './core-records.ts';
import { NOW } from './outside-world.ts';

/** The log of a record, built with rules of redaction and the secret of the tests. */
export const redactedLog = (source: LogSource, rules: Partial<RedactRules>): Log =>
  buildLog(source, { ...LOG_CONTEXT, redaction: redaction({ remove: [], hash: [], ...rules }, SECRET) }, NOW);
