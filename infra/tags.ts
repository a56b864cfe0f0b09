import { Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Types that CloudFormation learned to tag late, and not yet everywhere: there a tag would make the deployment fail. */
const NOT_TAGGED = ['AWS::CloudWatch::Dashboard'];

/** Puts tags on all resources of a scope that take them everywhere. */
export function tagResources(scope: Construct, tags: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(tags))
    Tags.of(scope).add(name, value, { excludeResourceTypes: NOT_TAGGED });
}
