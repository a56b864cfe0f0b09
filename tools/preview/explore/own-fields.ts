import type { ForwarderBlock } from '../../../lambda/forwarder/core/logs/types.ts';

/** What Datadog's log pipeline adds to the same attribute. */
type PipelineField = 'occurred_at' | 'status' | 'title' | 'age' | 'actor';

/** A field of `valence_forwarder`. */
export type OwnField = keyof ForwarderBlock | PipelineField;

interface OwnFieldText {
  kind: 'changed' | 'marked' | 'added';
  title: string;
  text: string;
}

/** Every field of `valence_forwarder` and its meaning for a reader, the most important one first. */
export const FIELDS: Readonly<Record<OwnField, OwnFieldText>> = {
  redated: {
    kind: 'changed',
    title: 'Re-dated',
    text: 'Sent without the record’s own time, because Datadog drops logs that are more than 18 hours old or 2 hours ahead. Datadog dates the log by its arrival.',
  },
  event_time: {
    kind: 'added',
    title: 'Time of the record',
    text: 'The time that the re-dated record has, in epoch seconds.',
  },
  timestamp_invalid: {
    kind: 'changed',
    title: 'No usable time',
    text: 'The record has no time that the forwarder can read. Datadog dates the log by its arrival.',
  },
  shrunk: {
    kind: 'changed',
    title: 'Shrunk',
    text: 'The log was larger than 1 MB, which Datadog would cut. Aux maps, long values or events were cut, so facts in them may be missing.',
  },
  aux_as_text: {
    kind: 'changed',
    title: 'Aux as text',
    text: 'The aux map of each event is one JSON text, because the log had more attributes or levels than Datadog keeps.',
  },
  extra: {
    kind: 'changed',
    title: 'Further fields',
    text: 'Fields of an audit record beyond the six known ones, which could override those of Datadog; or content that was moved to stay within Datadog’s limits.',
  },
  role_redacted: {
    kind: 'changed',
    title: 'Role redacted',
    text: 'The setting redact changed the role in the sentence about a user, or what imitates one. The role may have been any.',
  },
  possible_duplicate: {
    kind: 'marked',
    title: 'Possible duplicate',
    text: 'Datadog may hold this log already: an earlier attempt was not confirmed, or it may be a repeat at the start of a page.',
  },
  update: {
    kind: 'marked',
    title: 'Update',
    text: 'The alert was forwarded before and has changed since.',
  },
  changed: {
    kind: 'marked',
    title: 'What changed',
    text: 'Parts that differ from the last log of the alert.',
  },
  no_alert_type: {
    kind: 'marked',
    title: 'Alert type unknown',
    text: 'Valence does not know the type of this alert, so name, description and often severity are missing.',
  },
  fingerprint: {
    kind: 'added',
    title: 'Fingerprint',
    text: 'Identity of the content. Two logs with the same one are the same record. Each of several identical audit records of one second has its own, by its copy number.',
  },
  primary_event: {
    kind: 'added',
    title: 'Primary event',
    text: 'The facts that boards and rules read. Of an alert: those of its latest event that has an actor, else of its latest event.',
  },
  actor: {
    kind: 'added',
    title: 'Actor',
    text: 'One value for the actor: the e-mail address in lower case, else the name, else the id. Tables of people group by it.',
  },
  title: {
    kind: 'added',
    title: 'Title',
    text: 'The name of the alert’s type: the title of a signal.',
  },
  status: {
    kind: 'added',
    title: 'Status',
    text: 'What the log’s status is taken from: the severity of an alert, the outcome of an audit log.',
  },
  age: {
    kind: 'added',
    title: 'Age',
    text: 'Whether the alert was old when it was forwarded.',
  },
  occurred_at: {
    kind: 'added',
    title: 'Record’s own time',
    text: 'In epoch milliseconds, also where the log is re-dated.',
  },
  tenant: {
    kind: 'added',
    title: 'Tenant',
    text: 'The Valence account that the record is of.',
  },
  run_id: {
    kind: 'added',
    title: 'Run',
    text: 'The run that sent the log: the request id of AWS Lambda, which is in the function’s own log, too.',
  },
};
