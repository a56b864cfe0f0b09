import { Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
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

/** Puts the Datadog content that is configured into a stack. */
export function installContent(stack: Stack, config: ContentConfig): DatadogContent {
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
