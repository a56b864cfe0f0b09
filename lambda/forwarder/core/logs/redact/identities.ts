import { isLosslessNumber } from 'lossless-json';
import { addressesIn } from './addresses.ts';
import { type PersonField, personField } from './person-fields.ts';

/** What looking at one value, and at the name of one field, costs in comparisons of characters. */
const COST_OF_A_VALUE = 600;
const COST_OF_A_FIELD = 3000;

/**
 * The texts in a redacted value that may identify a person: the elements of a list of texts, identifying fields anywhere
 * below, and e-mail addresses, also as names of fields. It does not recurse, so hostile nesting cannot overflow the stack.
 * @param field the one that the value was in
 * @param spend takes what it costs, in comparisons of characters; once it says no, the search ends
 */
export function identities(value: unknown, field: string, spend: (comparisons: number) => boolean): string[] {
  const found: string[] = [];
  const open: { item: unknown; about: PersonField | undefined }[] = [
    { item: value, about: personField(field) ?? (Array.isArray(value) ? 'person' : undefined) },
  ];
  const addAddresses = (text: string) => {
    for (const address of addressesIn(text, spend)) found.push(address);
  };
  for (let next = open.pop(); next; next = open.pop()) {
    const { item, about } = next;
    if (!spend(COST_OF_A_VALUE)) break;
    if (typeof item === 'string') {
      addAddresses(item);
      if (about) found.push(item);
    } else if (Array.isArray(item)) {
      for (const inner of item) open.push({ item: inner, about });
    } else if (item !== null && typeof item === 'object' && !isLosslessNumber(item)) {
      for (const [name, inner] of Object.entries(item)) {
        if (!spend(COST_OF_A_FIELD)) return found;
        addAddresses(name);
        open.push({ item: inner, about: personField(name, about) });
      }
    }
  }
  return found;
}
