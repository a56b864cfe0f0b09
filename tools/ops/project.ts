import { stackNameOf } from '../../lambda/contract.ts';
import { numberedTenantsSchema } from '../../lambda/settings/deployment/tenants.ts';
import { cdkContext } from '../cli/cdk-context.ts';
import { OpsError } from './ops-error.ts';

/** What cdk.json in this folder says of the forwarders that are deployed from it. */

/** A forwarder of this project. */
export interface ProjectStack {
  name: string;
  /** Name of its tenant; undefined for the only forwarder. */
  tenant: string | undefined;
  /** AWS region that the setting `awsRegion` names; undefined if that of the AWS profile is meant. */
  region: string | undefined;
}

const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/;

/** @throws {OpsError} `project-region` */
function regionIn({ awsRegion }: Readonly<Record<string, unknown>>): string | undefined {
  if (awsRegion === undefined) return undefined;
  if (typeof awsRegion === 'string' && REGION.test(awsRegion)) return awsRegion;
  throw new OpsError(
    'project-region',
    'The setting awsRegion in cdk.json is not an AWS region.',
    'Correct it, or name the region with --region.',
  );
}

/**
 * The forwarders of this project, one without tenants.
 * @throws {OpsError} `project-region`; {@link ToolError} when cdk.json cannot be read
 */
export function projectStacks(): ProjectStack[] {
  const context = cdkContext();
  const common = regionIn(context);
  const { tenants } = numberedTenantsSchema.safeParse({ tenants: context['tenants'] }).data ?? {};
  if (!tenants) return [{ name: stackNameOf(), tenant: undefined, region: common }];
  return tenants.map((tenant) => ({
    name: stackNameOf(tenant.name),
    tenant: tenant.name,
    region: regionIn(tenant) ?? common,
  }));
}

/**
 * The region of a stack of this project, or the one that all of them are in.
 * @param stackName undefined if none was named
 * @returns undefined if cdk.json does not say it. Throws as {@link projectStacks} does
 */
export function projectRegion(stackName: string | undefined): string | undefined {
  const stacks = projectStacks();
  const named = stacks.filter(({ name }) => name === stackName);
  const [region, ...others] = new Set((named.length > 0 ? named : stacks).map((stack) => stack.region));
  return others.length === 0 ? region : undefined;
}
