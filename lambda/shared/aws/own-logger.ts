import { Logger } from '@aws-lambda-powertools/logger';
import type { LogLevel } from '../../contract.ts';
import { visibleValue } from '../visible-text.ts';

export interface OwnLoggerOptions {
  /** Name of the function's program. */
  readonly serviceName: string;
  /** What every line carries; never a key, a header or a record. */
  readonly fields: Readonly<Record<string, string>>;
  /** Lowest level of the lines that are written. */
  readonly level: LogLevel;
}

/**
 * A logger of JSON lines whose level is its own. For logs in JSON, Lambda sets `AWS_LAMBDA_LOG_LEVEL`, which the logger would
 * obey instead. That level has to let the metrics through, which are lines of the level INFO, so it cannot be the user's.
 */
export function ownLogger({ serviceName, fields, level }: OwnLoggerOptions): Logger {
  delete process.env['AWS_LAMBDA_LOG_LEVEL'];
  return new Logger({ serviceName, persistentKeys: fields, logLevel: level, jsonReplacerFn: visibleValue });
}
