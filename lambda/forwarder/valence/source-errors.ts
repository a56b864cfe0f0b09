import { MAX_JSON_STRUCTURE } from '../../limits.ts';
import { SourceError } from '../../shared/errors.ts';
import type { HttpFailure } from '../../shared/http.ts';

/** What a user can do about answers that the profile does not foresee. */
const PROFILE_FIX = 'Set it in the API profile (VALENCE_API_PROFILE, or valenceApi in the CDK context).';

const ADDRESS_FIX = 'Check VALENCE_REGION, and VALENCE_BASE_URL when it is set.';

const PASSING = 'If it passes, do nothing: the next run continues from here.';

/** An answer contradicts a key of the API profile. */
export const profileMismatch = (
  code: 'source-shape' | 'source-paging' | 'source-cut',
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
  if (status >= 300 && status < 400 && staysOnHost(place, location)) {
    return new SourceError(
      'source-status',
      `${answered}: a redirect on the same host. The forwarder follows none.`,
      `The profile key "${profileKey}" is probably wrong. ${PROFILE_FIX}`,
      status,
    );
  }
  if (status >= 300 && status < 400) {
    const target = location && URL.canParse(location) ? ` to ${new URL(location).host}` : '';
    return new SourceError(
      'source-status',
      `${answered}: a redirect${target}. The forwarder does not follow it, because that would send the API key there.`,
      ADDRESS_FIX,
      status,
    );
  }
  if (status === 408 || status === 429 || status >= 500) {
    return new SourceError('source-status', `${answered}.`, `${PASSING} Otherwise ask Valence.`, status);
  }
  return new SourceError(
    'source-status',
    `${answered}.`,
    `${ADDRESS_FIX} If they are right, the profile key "${profileKey}" or a parameter may be wrong. ${PROFILE_FIX}`,
    status,
  );
}

/** @param place method, host and path of the request */
function staysOnHost(place: string, location: string | undefined): boolean {
  const base = `https://${place.split(' ')[1] ?? ''}`;
  if (location === undefined || !URL.canParse(location, base)) return false;
  return new URL(location, base).hostname === new URL(base).hostname;
}

/** Valence refuses a page size. */
export const refusedPageSize = (place: string, status: number, profileKey: string): SourceError =>
  new SourceError(
    'source-status',
    `Valence answered ${status} to ${place}, and its answer names the parameter of the page size.`,
    `The profile key "${profileKey}" may be too large. ${PROFILE_FIX}`,
    status,
  );

const MEDIA_TYPE = /^[\w.+-]{1,40}\/[\w.+-]{1,40}/;

/** The body is not JSON: a login page, a maintenance page, or a truncated text. */
export function notJson(
  place: string,
  headers: Readonly<Record<string, string>>,
  profileKey: string,
): SourceError {
  const encoding = headers['content-encoding']?.match(ENCODING)?.[0];
  const type = headers['content-type']?.match(MEDIA_TYPE)?.[0];
  if (encoding !== undefined && encoding !== 'identity') {
    return new SourceError(
      'source-undecodable',
      `The body of Valence's answer to ${place} cannot be decoded (content encoding ${encoding}). The forwarder asks for gzip.`,
      'Ask Valence, or whoever runs the proxy in between.',
    );
  }
  const isPage = type?.toLowerCase() === 'text/html';
  return new SourceError(
    'source-not-json',
    `The answer of Valence to ${place} is not JSON (content type ${type ?? 'not known'}).`,
    isPage
      ? `A login or maintenance page looks like this. ${ADDRESS_FIX} If they are right and it persists, the profile key "${profileKey}" may be wrong. ${PROFILE_FIX}`
      : `A maintenance page looks like this. ${ADDRESS_FIX}`,
  );
}

const ENCODING = /^[\w-]{1,20}/;

const tooLarge = (message: string): SourceError =>
  new SourceError(
    'page-too-large',
    message,
    `The forwarder requests shorter ranges and smaller pages automatically. If it persists, set the profile key "pageSize" to a lower value. ${PROFILE_FIX}`,
  );

/** The body of an answer holds more than may be parsed at once. */
export const tooMuchJson = (place: string): SourceError =>
  tooLarge(
    `The answer to ${place} has more than ${MAX_JSON_STRUCTURE} records, or outside of them more structural characters of JSON.`,
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
      return tooLarge(message);
    case 'timeout':
      return new SourceError('source-timeout', message, PASSING);
    default:
      return new SourceError('source-interrupted', message, PASSING);
  }
}
