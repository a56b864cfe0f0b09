import type { StreamSettings } from '../../lambda/forwarder/core/slices/stream-context.ts';
import type { IdentityRules } from '../../lambda/forwarder/core/state-ports.ts';
import { LOG_CONTEXT } from './core-records.ts';

export const HOUR_SECONDS = 3600;
export const SETTLE_SECONDS = 120;

export const IDENTITY_RULES: IdentityRules = {
  alertKey: ['vuid'],
  volatileFields: [],
  unorderedFields: ['connectorUids'],
};

/** The defaults of the deployed function. */
export const STREAM_SETTINGS: StreamSettings = {
  initialLookbackSeconds: 12 * HOUR_SECONDS,
  settleSeconds: SETTLE_SECONDS,
  holdBackSeconds: 0,
  lookbackSeconds: 24 * HOUR_SECONDS,
  parallelSlices: 4,
  alertUpdates: false,
  alertSeverities: undefined,
  isExcluded: undefined,
  identityRules: IDENTITY_RULES,
  boundedAbove: true,
  logContext: LOG_CONTEXT,
  maxQuarantined: 1000,
  datadogKeyFix: 'Store the right key.',
};
