/** What a page sends with a request. */
export type Parameter = 'query' | 'from' | 'to' | 'cursor' | 'limit' | 'facet' | 'id';

/** A request that cannot be served as it is, with what the user can correct. */
export class RefusedRequest extends Error {
  /** Which part of the request is wrong. */
  readonly parameter: Parameter;

  constructor(parameter: Parameter, message: string) {
    super(message);
    this.name = 'RefusedRequest';
    this.parameter = parameter;
  }
}
