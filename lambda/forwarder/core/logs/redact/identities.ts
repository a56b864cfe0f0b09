import { isLosslessNumber } from 'lossless-json';
import { parseJsonText } from '../../../../shared/json-text.ts';
import { addressesIn } from './addresses.ts';
import { type PersonField, personField } from './person-fields.ts';

/** What looking at one value, at the name of one field, and parsing one character cost in comparisons of characters. */
const COST_OF_A_VALUE = 600;
const COST_OF_A_FIELD = 3000;
const COST_OF_PARSING = 50;

/** A text that may be an object or list of JSON. */
const JSON_TEXT = /^\s*[{[]/;

/** What no one is called: names of fields for computers. */
const IDENTIFIER = /^\w+$/;

type Spend = (comparisons: number) => boolean;

/** A value that is to be searched. */
interface Open {
  item: unknown;
  about: PersonField | undefined;
  /** Whether it is in a field for people, so that an object may be a map of them. */
  ofPeople: boolean;
  /** Whether it was in a text: what is a text there is not parsed again. */
  parsed: boolean;
}

/**
 * The texts in a redacted value that may identify a person: the elements of a list of texts, identifying fields anywhere
 * below, names of fields in an object of people, and e-mail addresses, also as names of fields. A text that is JSON counts as what it
 * holds. It does not recurse, so hostile nesting cannot overflow the stack.
 * @param field the one that the value was in
 * @param spend takes what it costs, in comparisons of characters; once it says no, the search ends
 */
export function identities(value: unknown, field: string, spend: Spend): string[] {
  const found: string[] = [];
  const of = personField(field);
  const about = of ?? (Array.isArray(value) ? 'person' : undefined);
  const open: Open[] = [{ item: value, about, ofPeople: of !== undefined, parsed: false }];
  const addAddresses = (text: string) => {
    for (const address of addressesIn(text, spend)) found.push(address);
  };
  for (let next = open.pop(); next; next = open.pop()) {
    const { item, about, ofPeople, parsed } = next;
    if (!spend(COST_OF_A_VALUE)) break;
    if (typeof item === 'string') {
      addAddresses(item);
      if (about) found.push(item);
      const held = parsed ? undefined : jsonIn(item, spend);
      if (held !== undefined) open.push({ ...next, item: held, parsed: true });
    } else if (Array.isArray(item)) {
      for (const inner of item) open.push({ ...next, item: inner });
    } else if (item !== null && typeof item === 'object' && !isLosslessNumber(item)) {
      for (const [name, inner] of Object.entries(item)) {
        if (!spend(COST_OF_A_FIELD)) return found;
        addAddresses(name);
        const own = personField(name);
        if (ofPeople && own === undefined && !IDENTIFIER.test(name)) found.push(name);
        open.push({ item: inner, about: personField(name, about), ofPeople: own !== undefined, parsed });
      }
    }
  }
  return found;
}

/** What a text holds that is an object or list of JSON; undefined for any other, and for one that holds too much. */
function jsonIn(text: string, spend: Spend): unknown {
  if (!JSON_TEXT.test(text) || !spend(text.length * COST_OF_PARSING)) return undefined;
  try {
    return parseJsonText(text);
  } catch {
    return undefined;
  }
}
