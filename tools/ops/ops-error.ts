import { ForwarderError, named } from '../../lambda/shared/errors.ts';

/** What an operator's command could not do, and what to do about it. */
export class OpsError extends ForwarderError {
  static {
    named(OpsError, 'OpsError');
  }
}
