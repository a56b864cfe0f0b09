import * as z from 'zod/mini';
import { ALERT_SEVERITIES } from '../../contract.ts';
import type { FunctionSetting } from '../definition.ts';
import { list, switched, text } from '../kinds.ts';
import { oneOf, plainText } from '../readers.ts';
import { isNoKey, LOOKS_LIKE_KEY } from '../secret-id.ts';

/** What is collected, and under which name. */
export const collectionSettings = {
  /**
   * Names this forwarder in metrics, logs, tags and quarantined objects.
   * @default 'default'
   */
  tenant: {
    environment: 'TENANT',
    value: text(
      plainText().check(
        z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { error: 'is not a tenant name' }),
        z.refine(isNoKey, { error: LOOKS_LIKE_KEY }),
      ),
      'lower-case letters, digits and hyphens, 40 at most',
    ),
    default: 'default',
    stackDefault: 'default',
    description: 'Name in metrics, logs and tags.',
    example: { environment: 'acme' },
  },
  /**
   * Forward alerts.
   * @default true
   */
  collectAlerts: {
    context: 'collectAlerts',
    environment: 'COLLECT_ALERTS',
    value: switched(),
    default: true,
    description: 'Forward alerts.',
    allowed: { context: 'true, false; not false if collectAuditLogs is', environment: 'true, false' },
    example: { context: false, environment: 'false' },
  },
  /**
   * Forward audit logs.
   * @default true
   */
  collectAuditLogs: {
    context: 'collectAuditLogs',
    environment: 'COLLECT_AUDIT_LOGS',
    value: switched(),
    default: true,
    description: 'Forward audit logs.',
    allowed: { context: 'true, false; not false if collectAlerts is', environment: 'true, false' },
    example: { context: false, environment: 'false' },
  },
  /**
   * Forward an alert again when it changed.
   * @default false
   */
  alertUpdates: {
    context: 'alertUpdates',
    environment: 'ALERT_UPDATES',
    value: switched(),
    default: false,
    description: 'Forward an alert again when it changed.',
    example: { context: true, environment: 'true' },
  },
  /**
   * Severities to forward. Alerts of unknown type always are.
   * @default all
   */
  alertSeverities: {
    context: 'alertSeverities',
    environment: 'ALERT_SEVERITIES',
    value: list(oneOf(ALERT_SEVERITIES), {
      context: 'Critical, High, Medium, Low, several separated by commas, or a JSON list',
      environment: `a comma list of ${ALERT_SEVERITIES.join(', ')}`,
    }),
    description: 'Severities to forward. Alerts of unknown type are always forwarded.',
    example: { context: ['Critical', 'High'], environment: 'Critical,High' },
  },
} as const satisfies Record<string, FunctionSetting>;
