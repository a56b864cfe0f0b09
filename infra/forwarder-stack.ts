import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { stackNameOf } from '../lambda/contract.ts';
import { stackRegion } from '../lambda/settings/deployment/aws-values.ts';
import type { Config } from './config.ts';
import { configuredProps } from './configured-props.ts';
import { ONLY_FORWARDER } from './constructs/monitoring/label.ts';
import { DESCRIPTION } from './description.ts';
import { tagResources } from './tags.ts';
import { ValenceForwarder } from './valence-forwarder.ts';

export interface ForwarderStackProps extends StackProps {
  readonly config: Config;
}

/** Name of a forwarder's stack: it does not depend on other tenants. */
export const stackName = ({ suffix }: Config): string => stackNameOf(suffix);

/** One forwarder, and what an operator needs to know of it after the deployment. */
export class ForwarderStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: ForwarderStackProps) {
    super(scope, id, {
      description: DESCRIPTION,
      // A table with a customer managed key needs to know its region.
      env: { region: stackRegion(config) },
      ...props,
    });
    new ValenceForwarder(this, ONLY_FORWARDER, { ...configuredProps(this, config), outputPrefix: '' });
    tagResources(this, config.resourceTags);
  }
}
