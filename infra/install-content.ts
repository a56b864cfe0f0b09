import { Annotations, Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { ContentKind } from '../lambda/content-installer/content-item.ts';
import { CONTENT_STACK_SUFFIX, stackNameOf } from '../lambda/contract.ts';
import { stackRegion } from '../lambda/settings/deployment/aws-values.ts';
import { DatadogContent } from './constructs/datadog-content.ts';
import type { ContentConfig } from './context/content.ts';
import { contentItems } from './datadog/content.ts';
import { CONTENT_DESCRIPTION } from './description.ts';
import { importSecret, importVpc } from './imports.ts';
import { applyRoleRules } from './role-rules.ts';
import { tagResources } from './tags.ts';

/** The stack of the content, which an organisation needs once, however many forwarders there are. */
export const contentStack = (scope: Construct, config: ContentConfig): Stack =>
  new Stack(scope, stackNameOf(CONTENT_STACK_SUFFIX), {
    description: CONTENT_DESCRIPTION,
    env: { region: stackRegion(config) },
  });

/** The way out to Datadog: by a proxy, from the network of the forwarder, which may be the only one that reaches the proxy. */
function egressOf(scope: Construct, config: ContentConfig) {
  const { httpsProxy, noProxy, existingProxySecret, vpcId, subnetIds, securityGroupIds = [] } = config;
  if (httpsProxy === undefined) return {};
  return {
    httpsProxy,
    noProxy,
    proxySecret: existingProxySecret ? importSecret(scope, 'Proxy', existingProxySecret) : undefined,
    vpc: vpcId ? importVpc(scope, vpcId, subnetIds) : undefined,
    securityGroups: securityGroupIds.map((id) => SecurityGroup.fromSecurityGroupId(scope, id, id)),
  };
}

/** Kinds of content that read what the log pipeline makes of a log. Monitors read the forwarder's own logs as they are. */
const NEED_PIPELINE: readonly ContentKind[] = ['dashboard', 'rule'];

/** Warns of rules and boards without the pipeline, which they need. It is no mistake: another stack may have it. */
function warnOfMissingPipeline(stack: Stack, { parts }: ContentConfig): void {
  const needs = parts.some(({ kind }) => NEED_PIPELINE.includes(kind));
  if (!needs || parts.some(({ kind }) => kind === 'pipeline')) return;
  Annotations.of(stack).addWarningV2(
    'valence:content-without-pipeline',
    'datadogContent: rules and dashboards read facts that the log pipeline sets, and the pipeline is switched off. Without it rules find nothing and widgets are empty. Switch it on with "pipeline": true, unless another stack installs it in this Datadog organisation.',
  );
}

/** Puts the Datadog content that is configured into a stack. */
export function installContent(stack: Stack, config: ContentConfig): DatadogContent {
  warnOfMissingPipeline(stack, config);
  const imports = new Construct(stack, 'DatadogContentImports');
  const key = (id: string, arn: string | undefined) => (arn ? Key.fromKeyArn(imports, id, arn) : undefined);
  const content = new DatadogContent(stack, 'DatadogContent', {
    items: contentItems(config.parts, config.customisation),
    ...egressOf(imports, config),
    apiKeySecret: importSecret(imports, 'ApiKey', config.existingDatadogSecret),
    appKeySecret: importSecret(imports, 'AppKey', config.appKeySecret),
    secretsKey: key('SecretsKey', config.existingSecretsKmsKeyArn),
    encryptionKey: key('LogsKey', config.kmsKeyArn),
    datadogSite: config.datadogSite,
    datadogApiUrl: config.datadogApiUrl,
    logRetention: config.logRetentionDays,
  });
  const { permissionsBoundary: boundary } = config;
  applyRoleRules(content, {
    ...config,
    permissionsBoundary: boundary
      ? ManagedPolicy.fromManagedPolicyArn(imports, 'Boundary', boundary)
      : undefined,
  });
  tagResources(content, config.resourceTags);
  return content;
}
