import { apiProfileOverrides } from '../../lambda/settings/api-profile.ts';
import { isObject, type JsonObject } from '../../lambda/shared/json.ts';
import type { ProbedEndpoint } from './probe-endpoint.ts';

/** Merges objects deeply, the later value winning. */
function merged(one: JsonObject, other: JsonObject): JsonObject {
  const result = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const present = result[key];
    result[key] = isObject(present) && isObject(value) ? merged(present, value) : value;
  }
  return result;
}

/**
 * The `valenceApi` context that would fit: what the user has, with what was found put over it, endpoint by endpoint.
 * @param given the profile overrides in force
 * @returns undefined when there is nothing to change
 */
export function proposedValenceApi(
  given: JsonObject,
  probed: readonly Pick<ProbedEndpoint, 'endpoint' | 'patch'>[],
): JsonObject | undefined {
  const changes = probed.filter(({ patch }) => Object.keys(patch).length > 0);
  if (changes.length === 0) return undefined;
  const proposal = changes.reduce((all, { endpoint, patch }) => merged(all, { [endpoint]: patch }), given);
  return apiProfileOverrides.safeParse(proposal).success ? proposal : undefined;
}

/** A proposal, and where to write it. */
export const proposalText = (proposal: JsonObject): string =>
  `The profile that fits. Write it to "context" in cdk.json, then run npx cdk deploy:

  "valenceApi": ${JSON.stringify(proposal, null, 2).replaceAll('\n', '\n  ')}

For a local run: VALENCE_API_PROFILE='${JSON.stringify(proposal)}'`;
