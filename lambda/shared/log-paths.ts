import { AUDIT_RECORD_FIELDS, OWN_ATTRIBUTE } from '../contract.ts';
import { nearWord } from './near-word.ts';

/**
 * The paths on a log that are known: those of Valence's published records, and of what this product adds. Records may have further
 * fields.
 */

const below = (root: string, names: string): string[] => names.split(' ').map((name) => `${root}.${name}`);

/** Below these there may be anything. */
const OPEN = ['alert.events[*].aux', `${OWN_ATTRIBUTE}.extra`];

const event = (names: string) => below('alert.events[*]', names);
const primaryEvent = (names: string) => below(`${OWN_ATTRIBUTE}.primary_event`, names);

const alone = (path: string): string[] => [path];

/** A fact of the primary event, and the fields of an event that it is taken from. */
const fact = (name: string, fields: string): string[] => [...event(fields), ...primaryEvent(name)];

/**
 * What Valence and the platforms write, in contrast to what people choose: times, ids, addresses, and words of their own. Rules and
 * boards go by it, so `redact` searches no names there. Paths in one entry hold the same fact.
 */
export const WRITTEN_FACTS: readonly (readonly string[])[] = [
  ...AUDIT_RECORD_FIELDS.filter((field) => field !== 'details').map(alone),
  ...below('alert', 'vuid alertTypeVuid connectorUids[*] creationTimestamp status').map(alone),
  ...event('eventId targetType connectorUid eventTime.timestampKind').map(alone),
  fact('actor.id', 'actorUser.id actorApp.id'),
  fact('actor.email', 'actorUser.email actorApp.email'),
  fact('actor_type', 'actorType'),
  fact('action', 'action.actionName'),
  fact('action_type', 'action.actionType'),
  fact('outcome', 'eventResult'),
  fact('ip', 'ip'),
  fact('platform', 'platform'),
  fact('time', 'eventTime.timestamp'),
];

const TYPE = 'vuid name description severity defaultSeverity platform sourceKind disabled';

/** What people choose, and sentences that may contain it. */
const CHOSEN = [
  ...['message', 'details', 'alert.summaryLine'],
  ...event('userAgent connectorDisplayName eventResultDetails eventSummary action.actionDescription'),
  ...event('actorUser.name actorApp.name target.name target.id target.email'),
  ...below('alert_type_details', `${TYPE} mitreAttackTactics[*] mitreAttackTechniques[*]`),
  ...primaryEvent('user_agent actor.name'),
];

const KNOWN: readonly string[] = [...WRITTEN_FACTS.flat(), ...CHOSEN, `${OWN_ATTRIBUTE}.event_time`, ...OPEN];

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
