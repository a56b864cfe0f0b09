import { LOG_SOURCE, OWN_LOG } from '../../lambda/contract.ts';
import { NAME_ACTOR } from './pipeline/actor.ts';
import { ALERTS, FORGET_JOINED_EVENTS } from './pipeline/alerts.ts';
import { AUDIT_FACTS, AUDIT_LOGS } from './pipeline/audit-logs.ts';
import { branch, LOCATE_PRIMARY_EVENT, statusFrom } from './pipeline/processors.ts';
import type { LogsPipeline } from './types.ts';

/** The forwarder's own logs; `lag` of a run summary is `ok`, `warn` or `critical`, which Datadog knows as statuses. */
const FORWARDER = branch('Forwarder', `source:${OWN_LOG.ddsource}`, [statusFrom('lag')]);

/**
 * The log pipeline: turns the wire format into Datadog's standard attributes, with the names and values that the pipeline
 * of Datadog's hosted integration gives them, and more. It may run before or after that one.
 */
export const LOG_PIPELINE: LogsPipeline = {
  name: 'Valence Security forwarder',
  is_enabled: true,
  filter: { query: `source:(${LOG_SOURCE} OR ${OWN_LOG.ddsource})` },
  processors: [
    FORGET_JOINED_EVENTS,
    ALERTS,
    AUDIT_LOGS,
    AUDIT_FACTS,
    NAME_ACTOR,
    LOCATE_PRIMARY_EVENT,
    FORWARDER,
  ],
};
