import { isLosslessNumber } from 'lossless-json';
import { addressesIn } from './addresses.ts';

/** A text that may identify a person. */
export interface Identity {
  text: string;
  /** Whether it identifies one even where it is the whole value of another field: an address, an element of a list. */
  alone: boolean;
}

/**
 * Fields whose values may identify a person in a sentence, also in the plural; in lower case and without `_`, `-` and blanks.
 * Not every field that ends in "name": what is left of a sentence without the names of actions and roles says nothing.
 */
const IDENTIFYING_FIELDS = new Set([
  ...[
    'name',
    'username',
    'loginname',
    'accountname',
    'displayname',
    'fullname',
    'realname',
    'nickname',
    'alias',
  ],
  ...['firstname', 'middlename', 'lastname', 'givenname', 'familyname', 'surname'],
  ...[
    'user',
    'login',
    'account',
    'actor',
    'person',
    'owner',
    'member',
    'recipient',
    'sender',
    'author',
    'contact',
  ],
  ...['mail', 'email', 'emailaddress', 'mailaddress', 'useremail', 'upn', 'userprincipalname', 'principal'],
  ...[
    'principalname',
    'principalid',
    'samaccountname',
    'id',
    'uid',
    'userid',
    'guid',
    'uuid',
    'sub',
    'subject',
  ],
  ...['phone', 'phonenumber', 'mobile', 'employeeid', 'employeenumber'],
]);

const identifies = (field: string): boolean => {
  const plain = field.toLowerCase().replace(/[-_\s]/g, '');
  return IDENTIFYING_FIELDS.has(plain) || IDENTIFYING_FIELDS.has(plain.replace(/s$/, ''));
};

/** What looking at one value costs, in comparisons of characters. */
const COST_OF_A_VALUE = 600;

/**
 * The texts in a redacted value that may identify a person: the elements of a list of texts, identifying fields anywhere
 * below, and e-mail addresses, also as names of fields. It does not recurse, so hostile nesting cannot overflow the stack.
 * @param spend takes what it costs, in comparisons of characters; once it says no, the search ends
 */
export function identities(value: unknown, spend: (comparisons: number) => boolean): Identity[] {
  const found: Identity[] = [];
  const open: { item: unknown; identifying: boolean; listed: boolean }[] = [
    { item: value, identifying: Array.isArray(value), listed: true },
  ];
  const addAddresses = (text: string) => {
    for (const address of addressesIn(text, spend)) found.push({ text: address, alone: true });
  };
  for (let next = open.pop(); next; next = open.pop()) {
    const { item, identifying, listed } = next;
    if (!spend(COST_OF_A_VALUE)) break;
    if (typeof item === 'string') {
      addAddresses(item);
      if (identifying) found.push({ text: item, alone: listed });
    } else if (Array.isArray(item)) {
      for (const inner of item) open.push({ item: inner, identifying, listed });
    } else if (item !== null && typeof item === 'object' && !isLosslessNumber(item)) {
      for (const [field, inner] of Object.entries(item)) {
        addAddresses(field);
        open.push({ item: inner, identifying: identifies(field), listed: false });
      }
    }
  }
  return found;
}
