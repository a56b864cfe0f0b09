import type { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { FunctionSettings } from '../lambda/settings/function-settings.ts';
import type { ContextKind, Unit } from '../lambda/settings/kinds.ts';
import type { AlarmThresholds } from './constructs/monitoring/thresholds.ts';
import type { DeploymentProps } from './deployment-props.ts';

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** What a prop takes: a length of time is a `Duration`. */
type PropOf<D> = D extends { value: { unit: Unit } }
  ? Duration
  : D extends { value: ContextKind<infer Value> }
    ? DeepReadonly<Value extends readonly unknown[] ? Value : Value extends object ? Partial<Value> : Value>
    : never;

/** Props by their definitions, doc comments included. */
export type PropsOf<Definitions> = { readonly [K in keyof Definitions]?: PropOf<Definitions[K]> | undefined };

/** The settings of the function. */
export type ForwarderSettings = PropsOf<FunctionSettings>;

export interface ValenceForwarderProps extends ForwarderSettings, DeploymentProps {
  /**
   * By how much a start may be delayed, so that many forwarders do not start at once.
   * @default not at all
   */
  readonly window?: Duration | undefined;
  /**
   * Notified when a page or `not-set-up` is raised, and when it ends, in addition to `alarmEmail` and `alarmTopic`.
   * @default none
   */
  readonly alarmActions?: readonly IAlarmAction[] | undefined;
  /**
   * When alarms are raised. The run summaries and `ops status` keep their own limits.
   * @default as schedule and look-back demand
   */
  readonly alarmThresholds?: AlarmThresholds | undefined;
  /**
   * Role of the function that exists. Lambda must be allowed to assume it. The permissions are added to it, unless it was imported as
   * immutable; then it must have them already.
   * @default a new one
   */
  readonly role?: IRole | undefined;
  /**
   * What the keys of the stack's outputs begin with, so that several forwarders, and outputs of your own, can be in one stack.
   * @default nothing for the tenant `default`, otherwise the tenant: `NorthEu` for `north-eu`
   */
  readonly outputPrefix?: string | undefined;
  /**
   * Subnets of the network.
   * @default its private subnets
   */
  readonly vpcSubnets?: SubnetSelection | undefined;
}
