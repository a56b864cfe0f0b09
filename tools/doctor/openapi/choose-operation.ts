import type { EndpointName } from '../../../lambda/settings/api-profile.ts';
import { isPlainPath } from './plain-path.ts';
import type { Description, Operation } from './read-description.ts';
import { listIn } from './schema.ts';

/** Which operation of an API lists alerts, audit logs or alert types. */

const KIND: Readonly<Record<EndpointName, RegExp>> = {
  alerts: /\balerts?\b/i,
  auditLogs: /\baudit/i,
  alertTypes: /\balerts?[\s/-]*types?\b|\bpolicies\b/i,
};

/** A name in camel case as words. */
export const words = (text: string): string => text.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ');

const lastSegment = (path: string): string =>
  words(
    path
      .replace(/\/(search|list|query|filter)\/?$/i, '')
      .split('/')
      .at(-1) ?? '',
  );

/** How well an operation fits, from 0. */
function fitness({ method, path, text, answer }: Operation, endpoint: EndpointName): number {
  const isKind = KIND[endpoint];
  const isTypes = endpoint !== 'alertTypes' && KIND.alertTypes.test(words(path));
  // Neither one record nor what belongs to one. Whether a POST may be sent is not for its description to say: see
  // allowed-description.ts.
  if (path.includes('{') || isTypes || !isPlainPath(path)) return 0;
  if (!answer || !listIn(answer, endpoint)) return 0;
  const named = isKind.test(words(text)) ? 1 : 0;
  const inPath = isKind.test(lastSegment(path)) ? 4 : 0;
  return named + inPath === 0 ? 0 : 2 * (named + inPath) + (method === 'GET' ? 1 : 0);
}

/** The operation that lists an endpoint's records; undefined when none does. */
export function chooseOperation({ operations }: Description, endpoint: EndpointName): Operation | undefined {
  const [best] = operations
    .map((operation) => ({ operation, fitness: fitness(operation, endpoint) }))
    .filter((each) => each.fitness > 0)
    .sort(
      (one, other) => other.fitness - one.fitness || one.operation.path.length - other.operation.path.length,
    );
  return best?.operation;
}
