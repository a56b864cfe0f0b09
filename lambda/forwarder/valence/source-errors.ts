import { SourceError } from '../../shared/errors.ts';
import type { HttpFailure } from '../../shared/http.ts';

/** What a user can do about answers that the profile does not foresee. */
const PROFILE_FIX = 'Set it in the API profile (VALENCE_API_PROFILE, or valenceApi in the CDK context).';

const ADDRESS_FIX = 'Check VALENCE_REGION, and VALENCE_BASE_URL when it is set.';

const PASSING = 'If it passes, do nothing: the next run continues from here.';

/** An answer contradicts a key of the API profile. */
export const profileMismatch = (
  code: 'source-shape' | 'source-paging',
  profileKey: string,
  what: string,
): SourceError => new SourceError(code, what, `The profile key "${profileKey}" may be wrong. ${PROFILE_FIX}`);

/** A status that means neither success nor a refused key. */
export function unexpectedStatus(
  place: string,
  status: number,
  location: string | undefined,
  profileKey: string,
): SourceError {
  const answered = `Valence answered ${status} to ${place}`;
  if (status >= 300 && status < 400) {
    const target = location && URL.canParse(location) ? ` to ${new URL(location).host}` : '';
    return new SourceError(
      'source-status',
      `${answered}: a redirect${target}. The forwarder does not follow it, because that would send the API key there.`,
      ADDRESS_FIX,
    );
  }
  if (status === 408 || status === 429 || status >= 500) {
    return new SourceError('source-status', `${answered}.`, `${PASSING} Otherwise ask Valence.`);
  }
  return new SourceError(
    'source-status',
    `${answered}.`,
    `${ADDRESS_FIX} If they are right, the profile key "${profileKey}" or a parameter may be wrong. ${PROFILE_FIX}`,
  );
}

const MEDIA_TYPE = /^[\w.+-]{1,40}\/[\w.+-]{1,40}/;

/** The body is not JSON: a login page, a maintenance page, or a text that was cut. */
export const notJson = (place: string, contentType: string | undefined): SourceError =>
  new SourceError(
    'source-not-json',
    `The answer of Valence to ${place} is not JSON (content type ${contentType?.match(MEDIA_TYPE)?.[0] ?? 'not known'}).`,
    `A login or maintenance page looks like this. ${ADDRESS_FIX}`,
  );

/** There is no complete answer. */
export function noAnswer({ reason, message }: HttpFailure): SourceError {
  switch (reason) {
    case 'unreachable':
      return new SourceError(
        'source-unreachable',
        message,
        `${PASSING} Otherwise check the network path to the internet. ${ADDRESS_FIX}`,
      );
    case 'too-large':
      return new SourceError(
        'page-too-large',
        message,
        `The forwarder requests shorter ranges and smaller pages automatically. If it persists, set the profile key "pageSize" to a lower value. ${PROFILE_FIX}`,
      );
    case 'timeout':
      return new SourceError('source-timeout', message, PASSING);
    default:
      return new SourceError('source-interrupted', message, PASSING);
  }
}
