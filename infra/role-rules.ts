import { Fn, Names, Stack } from 'aws-cdk-lib';
import { CfnRole, type IManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** What an organisation demands of roles. */
export interface RoleRules {
  readonly permissionsBoundary?: IManagedPolicy | undefined;
  /** Begins and ends with a slash. */
  readonly rolePath?: string | undefined;
  readonly roleNamePrefix?: string | undefined;
}

/** Source: IAM user guide, "IAM and AWS STS quotas", role names. */
const MAX_NAME_LENGTH = 64;

/** The first part of the id of a stack: eight digits, and a hyphen before them. */
const STACK_PART_LENGTH = 9;

/** Roles are not of a region, so the name contains a part of the stack's id: the stack may exist in several regions. */
function nameOf(role: CfnRole, prefix: string): string {
  const stackUuid = Fn.select(2, Fn.split('/', Stack.of(role).stackId));
  const maxLength = MAX_NAME_LENGTH - STACK_PART_LENGTH - prefix.length;
  const name = Names.uniqueResourceName(role, { maxLength, separator: '-' });
  return `${prefix}${name}-${Fn.select(0, Fn.split('-', stackUuid))}`;
}

/** Applies the rules to all roles that a scope contains by now. */
export function applyRoleRules(
  scope: Construct,
  { permissionsBoundary, rolePath, roleNamePrefix }: RoleRules,
): void {
  if (permissionsBoundary) PermissionsBoundary.of(scope).apply(permissionsBoundary);
  for (const role of scope.node.findAll().filter((each) => each instanceof CfnRole)) {
    if (rolePath !== undefined) role.path = rolePath;
    if (roleNamePrefix !== undefined) role.roleName = nameOf(role, roleNamePrefix);
  }
}
