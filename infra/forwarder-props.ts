import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { FunctionSettings as FunctionDefinitions } from '../lambda/settings/function-settings.ts';
import type { Kind, Unit } from '../lambda/settings/kinds.ts';
import type { BackfillSettings } from './constructs/backfill.ts';
import type { FunctionSettings } from './constructs/forwarder-function.ts';
import type { AlarmSettings } from './constructs/monitoring.ts';

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** What a prop takes: a length of time is a `Duration`. */
type PropOf<D> = D extends { value: { unit: Unit } }
  ? Duration
  : D extends { value: Kind<infer Value> }
    ? DeepReadonly<Value extends readonly unknown[] ? Value : Value extends object ? Partial<Value> : Value>
    : never;

/** Props by their definitions, doc comments included. */
export type PropsOf<Definitions> = { readonly [K in keyof Definitions]?: PropOf<Definitions[K]> | undefined };

/** The settings of the function. */
export type ForwarderSettings = PropsOf<FunctionDefinitions>;

export interface ValenceForwarderProps
  extends ForwarderSettings,
    FunctionSettings,
    BackfillSettings,
    AlarmSettings {
  /**
   * Secret that holds the Valence API key.
   * @default a new and empty secret
   */
  readonly valenceSecret?: ISecret | undefined;
  /**
   * Secret that holds the Datadog API key.
   * @default a new and empty secret
   */
  readonly datadogSecret?: ISecret | undefined;
  /**
   * Time between two runs: whole minutes, from 1 minute to 6 hours.
   * @default 5 minutes
   */
  readonly interval?: Duration | undefined;
  /**
   * When to run, where that is not just every `interval`; the runs must not be further apart than `interval`.
   * @default every `interval`
   */
  readonly schedule?: ScheduleExpression | undefined;
  /**
   * By how much a start may be delayed, so that many forwarders do not start at once.
   * @default not at all
   */
  readonly window?: Duration | undefined;
  /**
   * The function's timeout. A run must end more than 20 seconds before the next one starts.
   * @default 240 seconds, or 25 seconds less than the interval (less the window) where that is shorter
   */
  readonly timeout?: Duration | undefined;
  /**
   * How long a quarantined record is kept.
   * @default one year
   */
  readonly quarantineRetention?: Duration | undefined;
  /**
   * Key for table, bucket, log group, new secrets, queues and alarm topic. Its policy must allow that, see
   * docs/security.md.
   * @default keys that AWS owns or manages
   */
  readonly encryptionKey?: IKey | undefined;
  /**
   * Permissions boundary of every role.
   * @default none
   */
  readonly permissionsBoundary?: IManagedPolicy | undefined;
  /**
   * What becomes of table, bucket and new secrets when the stack is deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy | undefined;
}
