import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readConfig } from '../../infra/config.ts';
import { FEATURE_FLAGS } from '../../infra/feature-flags.ts';
import { ForwarderStack, stackName } from '../../infra/forwarder-stack.ts';

/** The ARN of a key that exists before the stack. */
export const KMS_KEY = 'arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012';

/** Context of an app that bundles code for no stack. */
export const WITHOUT_CODE = { 'aws:cdk:bundling-stacks': [] };

/**
 * An app that synthesises as the project's own does, without code and without the library's own rules about templates:
 * preparing those takes seconds in each file of tests. synth.test.ts holds the templates of all sorts of settings against them.
 */
export const appWithoutCode = () =>
  new App({ context: { ...FEATURE_FLAGS, ...WITHOUT_CODE }, builtinCloudFormationValidation: false });

/** The project's own stacks, one for each tenant. */
export function forwarderStacks(settings: Record<string, unknown>): ForwarderStack[] {
  const app = appWithoutCode();
  return readConfig(settings).map((config) => new ForwarderStack(app, stackName(config), { config }));
}

/** The project's own stack, the first when there are several. */
export function forwarderStack(settings: Record<string, unknown> = {}): ForwarderStack {
  const [stack] = forwarderStacks(settings);
  if (!stack) throw new Error('No stack.');
  return stack;
}

/** Its template. */
export const forwarderTemplate = (settings: Record<string, unknown> = {}): Template =>
  Template.fromStack(forwarderStack(settings));
