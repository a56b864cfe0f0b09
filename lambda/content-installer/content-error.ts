import { ForwarderError, named } from '../shared/errors.ts';

/** Content could not be installed, changed or removed. */
export class ContentError extends ForwarderError {
  static {
    named(ContentError, 'ContentError');
  }
}
