import { isNeverMet } from '../shared/exclude-condition.ts';
import type { RedactRules } from '../shared/redact-path.ts';
import type { ValueOf } from './definition.ts';
import { collectionSettings } from './function/collection.ts';
import { datadogSettings } from './function/datadog.ts';
import { logSettings } from './function/logs.ts';
import { networkSettings } from './function/network.ts';
import { timeSettings } from './function/times.ts';
import { valenceSettings } from './function/valence.ts';
import type { Rule } from './rules.ts';

/** Every setting of the function that a user gives. The order is that of the tables in the docs. */
export const functionSettings = {
  ...valenceSettings,
  ...datadogSettings,
  ...collectionSettings,
  ...logSettings,
  ...timeSettings,
  ...networkSettings,
};

export type FunctionSettings = typeof functionSettings;

/** Values by the keys of the definitions; lengths of time in seconds. */
type Values = { [K in keyof FunctionSettings]: ValueOf<FunctionSettings[K]> };

const isShorter = (lookback: number | undefined, settle = 0) =>
  Boolean(lookback) && Number(lookback) < settle;

const hasNoPath = (redact: RedactRules | undefined) => !redact?.remove.length && !redact?.hash.length;

/** Rules between the settings of the function, for the context and for the environment. */
export const FUNCTION_RULES: readonly Rule<Values>[] = [
  {
    key: 'collectAuditLogs',
    error: (name) => `is off, and so is ${name('collectAlerts')}: nothing would be forwarded`,
    reads: ['collectAlerts', 'collectAuditLogs'],
    isBroken: ({ collectAlerts, collectAuditLogs }) => collectAlerts === false && collectAuditLogs === false,
  },
  {
    key: 'quarantineRedacted',
    error: (name) =>
      `is on without ${name('redact')}, so that nothing would be redacted: set ${name('redact')}, too`,
    reads: ['quarantineRedacted', 'redact'],
    isBroken: ({ quarantineRedacted, redact }) => quarantineRedacted === true && hasNoPath(redact),
  },
  ...(['lookback', 'alertLookback'] as const).map(
    (key): Rule<Values> => ({
      key,
      error: (name) => `is shorter than ${name('settle')}, so that nothing late could be found`,
      reads: [key, 'settle'],
      isBroken: ({ [key]: lookback, settle }) => isShorter(lookback, settle),
    }),
  ),
  {
    key: 'noProxy',
    error: (name) => `is set without ${name('httpsProxy')}`,
    reads: ['noProxy', 'httpsProxy'],
    isBroken: ({ noProxy = [], httpsProxy }) => noProxy.length > 0 && httpsProxy === undefined,
  },
  {
    key: 'exclude',
    error: (name) => `compares what ${name('redact')} removes or hashes, so that a condition can never match`,
    reads: ['exclude', 'redact'],
    isBroken: ({ exclude = [], redact }) =>
      redact !== undefined && exclude.some((condition) => isNeverMet(condition, redact)),
  },
];
