import type { Duration } from 'aws-cdk-lib';
import type { SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { FunctionSettings } from '../lambda/settings/function-settings.ts';
import type { ContextKind, Unit } from '../lambda/settings/kinds.ts';
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
   * Subnets of the network.
   * @default its private subnets
   */
  readonly vpcSubnets?: SubnetSelection | undefined;
}
