import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { isKnownPath, knownPathNear } from '../lambda/shared/log-paths.ts';
import type { RedactRules } from '../lambda/shared/redact-path.ts';

/**
 * Warns of paths of `redact` that no published record of Valence has: a misspelled one would protect nothing. They are not refused,
 * because records may have further fields.
 */
export function warnOfUnknownPaths(scope: Construct, rules: RedactRules | undefined): void {
  const paths = [...(rules?.remove ?? []), ...(rules?.hash ?? [])];
  for (const path of paths.filter((text) => !isKnownPath(text))) {
    const near = knownPathNear(path);
    const meant = near ? ` Did you mean ${near}?` : '';
    Annotations.of(scope).addWarningV2(
      `valence:redact-unknown-${path.replaceAll(/\W+/g, '-')}`,
      `redact: no published record of Valence has ${path}.${meant} If yours have it, nothing is wrong: npm run doctor shows whether any does.`,
    );
  }
}
