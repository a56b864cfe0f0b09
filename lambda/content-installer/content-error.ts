import { ForwarderError } from '../shared/errors.ts';

/** Content could not be installed, changed or removed. */
export class ContentError extends ForwarderError {
  static {
    ContentError.prototype.name = 'ContentError';
  }
}
