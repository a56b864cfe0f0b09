import type { ReportedEndpoint, ReportedExchange } from '../../../tools/doctor/report/api-report.ts';
import { kindOf, type Shape } from '../../../tools/doctor/report/shape.ts';
import type { ApiAnswer } from '../../../tools/stand-ins/valence/apis/api.ts';
import type { ApiRequest } from '../../../tools/stand-ins/valence/apis/list-request.ts';
import { fillerOf } from './filler.ts';

/** Repeats the answers of a report: to the same parameters the same status and shape. */

/** What makes two requests alike: the names of their parameters, and the kinds of their values. */
const signatureOf = (method: string, parameters: Readonly<Record<string, string>>): string =>
  JSON.stringify([method, Object.entries(parameters).sort()]);

const signatureOfRequest = ({ request }: ApiRequest): string =>
  signatureOf(
    request.method,
    Object.fromEntries([...request.query].map(([name, value]) => [name, kindOf(value)])),
  );

const headersOf = ({ headers }: ReportedExchange): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name === 'content-type' || name === 'retry-after')
      .map(([name, value]) => [name, name === 'retry-after' ? '1' : value]),
  );

const isNothing = (shape: Shape): boolean => shape === 'nothing' || shape === 'not JSON';

/** @returns undefined when the report has no answer at all */
export function answerAsSeen(
  endpoint: ReportedEndpoint | undefined,
  request: ApiRequest,
): ApiAnswer | undefined {
  const exchanges = (endpoint?.exchanges ?? []).filter(({ status }) => status !== null);
  const signature = signatureOfRequest(request);
  const alike = exchanges.filter(({ method, parameters }) => signatureOf(method, parameters) === signature);
  // Answers that changed come in turn, as from an API that throttles.
  const seen = alike[request.earlier % Math.max(1, alike.length)] ?? exchanges[0];
  if (!seen) return undefined;
  return {
    status: seen.status ?? 500,
    headers: headersOf(seen),
    body: isNothing(seen.shape) ? '' : fillerOf(seen.shape, request.now),
  };
}
