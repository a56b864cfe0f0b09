/** A query of the page that cannot be fulfilled; the message is for the user. */
export class BadQuery extends Error {}
