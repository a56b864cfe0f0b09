import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type PathRules, pathsIn } from '../lambda/shared/exclude-condition.ts';
import { isKnownPath, knownPathNear } from '../lambda/shared/log-paths.ts';

/**
 * Warns of paths of `redact` and `exclude` that no published record of Valence has: a misspelled one would have no effect. They are
 * not refused, because records may have further fields.
 */
export function warnOfUnknownPaths(scope: Construct, rules: PathRules): void {
  for (const { setting, path } of pathsIn(rules).filter((each) => !isKnownPath(each.path))) {
    const near = knownPathNear(path);
    const meant = near ? ` Did you mean ${near}?` : '';
    Annotations.of(scope).addWarningV2(
      `valence:${setting}-unknown-${path.replaceAll(/\W+/g, '-')}`,
      `${setting}: no published record of Valence has ${path}.${meant} If yours have it, nothing is wrong: npm run doctor shows whether any does.`,
    );
  }
}
