import { AUDIT_RECORD_FIELDS, OWN_ATTRIBUTE } from '../contract.ts';
import { nearWord } from './near-word.ts';

/**
 * The paths on a log that are known: those of Valence's published records, and of what this product adds. Records may have further
 * fields.
 */

const below = (root: string, names: string): string[] => names.split(' ').map((name) => `${root}.${name}`);

const PERSON = 'name id email';
const TYPE = 'vuid name description severity defaultSeverity platform sourceKind disabled';
const ALERT = 'vuid alertTypeVuid connectorUids[*] creationTimestamp status summaryLine';
const EVENT =
  'eventId actorType targetType ip userAgent platform connectorUid connectorDisplayName eventResult eventResultDetails eventSummary';
const PRIMARY_EVENT = 'actor_type action action_type outcome ip user_agent platform time';

/** Below these there may be anything. */
const OPEN = ['alert.events[*].aux', `${OWN_ATTRIBUTE}.extra`];

const event = (names: string) => below('alert.events[*]', names);
const primaryEvent = (names: string) => below(`${OWN_ATTRIBUTE}.primary_event`, names);

const KNOWN: readonly string[] = [
  ...['message', ...AUDIT_RECORD_FIELDS],
  ...below('alert', ALERT),
  ...event(EVENT),
  ...['actorUser', 'actorApp', 'target'].flatMap((who) => event(who).flatMap((path) => below(path, PERSON))),
  ...event('eventTime').flatMap((path) => below(path, 'timestamp timestampKind')),
  ...event('action').flatMap((path) => below(path, 'actionType actionName actionDescription')),
  ...below('alert_type_details', `${TYPE} mitreAttackTactics[*] mitreAttackTechniques[*]`),
  ...primaryEvent(PRIMARY_EVENT),
  ...primaryEvent('actor').flatMap((path) => below(path, PERSON)),
  `${OWN_ATTRIBUTE}.event_time`,
  ...OPEN,
];

/** `["name"]` as `.name`, as known paths are written. */
const plain = (path: string): string => path.replaceAll('["', '.').replaceAll('"]', '');

/** Names, and `*` for each element. Names with other characters are cut into several, but are only where there may be anything. */
const stepsOf = (path: string): string[] => plain(path).replaceAll('[*]', '.*').split('.');

/** Whether a log is known to have something at a path. */
export function isKnownPath(path: string): boolean {
  const steps = stepsOf(path);
  return KNOWN.some((text) => {
    const known = stepsOf(text);
    return steps.every((step, index) =>
      index < known.length ? step === '*' || step === known[index] : OPEN.includes(text),
    );
  });
}

/** Attributes that are needed as a whole. */
const WHOLE = new Set(['alert', 'alert_type_details', OWN_ATTRIBUTE]);

/** Every known path and every beginning of one, such as `alert.events[*].actorUser`. */
const PLACES: readonly string[] = [
  ...new Set(
    KNOWN.flatMap((path) => [...path.matchAll(/\.|\[|$/g)].map(({ index }) => path.slice(0, index))),
  ),
].filter((path) => !WHOLE.has(path));

/** The known path that a user may have meant: one that ends so, or that differs in a few letters. */
export function knownPathNear(path: string): string | undefined {
  const text = plain(path);
  const end = PLACES.find((known) => `.${known}`.toLowerCase().endsWith(`.${text.toLowerCase()}`));
  return end ?? nearWord(text, PLACES);
}

/** The end of a message about a path: the known path that may be meant, if there is one. */
export function didYouMean(path: string): string {
  const near = knownPathNear(path);
  return near ? `; did you mean ${near}?` : '';
}
