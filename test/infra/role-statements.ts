import type { Template } from 'aws-cdk-lib/assertions';

interface Statement {
  Action: string | string[];
  Effect: string;
  Resource: unknown;
  Principal?: unknown;
  Condition?: { StringEquals?: Record<string, unknown> };
}

/** Policies that are resources of their own. */
export const SEPARATE_POLICIES = ['AWS::IAM::Policy', 'AWS::IAM::RolePolicy', 'AWS::IAM::ManagedPolicy'];

/** Action and resource of each statement of a role, by the role's principal, in whatever policy it is. */
export function statementsOf(template: Template, service: string) {
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([, { Properties }]) =>
    JSON.stringify(Properties.AssumeRolePolicyDocument).includes(service),
  );
  const separate = SEPARATE_POLICIES.flatMap((type) => Object.values(template.findResources(type)));
  return roles
    .flatMap(([id, { Properties }]) => [
      ...(Properties.Policies as { PolicyDocument: { Statement: Statement[] } }[]),
      ...separate
        .map((policy) => policy.Properties)
        .filter((policy) => JSON.stringify(policy).includes(`"${id}"`)),
    ])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement as Statement[])
    .map(({ Action, ...statement }) => ({ ...statement, Action: [Action].flat() }));
}

/** The ARN of something of this account and region, as a template writes it. */
export function arnIn(service: string, kind: string, [prefix, ...rest]: unknown[]) {
  const place = [`:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...place, `${kind}${prefix}`, ...rest]] };
}
