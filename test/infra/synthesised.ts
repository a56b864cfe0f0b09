import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readConfig } from '../../infra/config.ts';
import { ForwarderStack } from '../../infra/forwarder-stack.ts';

/** The context of the project's own cdk.json, feature flags included. */
const OWN_CONTEXT = JSON.parse(readFileSync('cdk.json', 'utf8')).context;

/** An app that synthesises as the project's own does, without bundling code for any stack. */
export const appWithoutCode = () => new App({ context: { ...OWN_CONTEXT, 'aws:cdk:bundling-stacks': [] } });

/** The project's own stack. */
export function forwarderStack(settings: Record<string, unknown> = {}): ForwarderStack {
  const config = readConfig(settings);
  return new ForwarderStack(appWithoutCode(), 'ValenceForwarder', {
    config,
    env: { region: config.awsRegion },
  });
}

/** Its template. */
export const forwarderTemplate = (settings: Record<string, unknown> = {}): Template =>
  Template.fromStack(forwarderStack(settings));
