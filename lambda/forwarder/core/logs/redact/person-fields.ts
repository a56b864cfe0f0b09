/** What the name of a field says about the texts in it: they name a person, or it holds a person with names among other facts. */
export type PersonField = 'name' | 'person';

/** Words for people, alone or at the end of a name (`fileOwner`). */
const PEOPLE = [
  ...['user', 'account', 'actor', 'person', 'owner', 'member', 'employee', 'customer', 'guest', 'principal'],
  ...['recipient', 'sender', 'author', 'contact', 'creator', 'editor', 'assignee', 'approver', 'reviewer'],
  ...['requester', 'requestor', 'initiator', 'inviter', 'invitee', 'manager', 'operator', 'reporter'],
  ...['organizer', 'attendee', 'delegate', 'identity'],
];

/** Words that name a person at the end of any name of a field. */
const NAMES = ['email', 'mail', 'upn', 'login', 'handle', 'alias', 'phone', 'mobile'];

/** Names of fields that name a person only as a whole: an `actionName` and an `eventId` do not. */
const WHOLE = ['name', 'id', 'uid', 'guid', 'uuid', 'sub', 'subject'];

/** What begins the names of other facts about people, too. */
const OF_A_PERSON = [...PEOPLE, ...NAMES].join('|');
const KIND_OF_NAME = 'display|full|real|nick|first|middle|last|given|family|sur|signin|screen';

/** `userName`, `employeeNumber`, `emailAddress`, `displayName`. */
const PERSONAL = new RegExp(
  `(?:(?:${OF_A_PERSON})s?(?:name|id|number|address|addresse|e?mail)|(?:${KIND_OF_NAME})name)s?$`,
);

/** `createdBy`, `sentBy`, `approvedByName`; not `sortBy`. */
const DONE_BY = /(?:ed|en|nt|one)by(?:name|id|email)?$/;

/** A field that holds the value of the one around it. */
const VALUES: ReadonlySet<string> = new Set(['value', 'text', 'label', 'display', 'raw', 'formatted']);

const people: ReadonlySet<string> = new Set(PEOPLE);
const names: ReadonlySet<string> = new Set(NAMES);
const whole: ReadonlySet<string> = new Set(WHOLE);

/** A longer name is text, not a name of a field. */
const MAX_CHARACTERS = 100;

/** `userName`, `user_name`, `user.name` and `User Name (full)` have the same words; numbers and brackets are none. */
const WORD = /\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})/gu;

const holds = (words: ReadonlySet<string>, word: string): boolean =>
  words.has(word) || words.has(word.replace(/s$/, '')) || words.has(word.replace(/es$/, ''));

/**
 * What a field says about people by its name, also in the plural.
 * @param around the same of the field that the object with this field is in
 */
export function personField(field: string, around?: PersonField): PersonField | undefined {
  if (around === 'name') return 'name';
  if (field.length > MAX_CHARACTERS) return undefined;
  const words = (field.split(/[([]/, 1)[0] as string).match(WORD) ?? [];
  const all = words.join('').toLowerCase();
  const last = words.at(-1)?.toLowerCase() ?? '';
  if (holds(names, last) || holds(whole, all) || PERSONAL.test(all)) return 'name';
  if (holds(people, last) || DONE_BY.test(all)) return 'person';
  return around === 'person' && holds(VALUES, all) ? 'name' : undefined;
}
