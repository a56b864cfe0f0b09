import * as z from 'zod/mini';
import { type ContextKind, type Kind, secondsOf, type Texts } from './kinds.ts';
import { withoutKeys } from './pasted-key.ts';
import { setting } from './problems.ts';

/** What every definition of a setting states. Its key in the definitions is the name of the construct's prop. */
export interface Definition<Value = unknown> {
  /** Key of the CDK context. Without one, the stack itself knows the value. */
  readonly context?: string;
  readonly value: ContextKind<Value>;
  /** In the base unit of its kind: lengths of time are seconds. Where a text is parsed, the text. */
  readonly default?: unknown;
  readonly description: string | Texts;
  /** The allowed values in words, where the kind of value does not say enough. */
  readonly allowed?: string | Texts;
  /** Never show the value. What names a secret checks by itself that it is no key. */
  readonly secret?: true;
  /** Long random identifiers are what it is for, so that they are not taken for keys. */
  readonly mayHoldIds?: true | 'within';
}

/** A setting of the function: given in the context or as a prop, written to the environment, read by the function. */
export interface FunctionSetting<Value = unknown> extends Definition<Value> {
  readonly value: Kind<Value>;
  readonly default?: Value;
  /** Name of the environment variable. Its words are the key of the function's `Config`: `SETTLE_SECONDS`, `settleSeconds`. */
  readonly environment: string;
  /** What the stack writes when the setting is not given, where the bare function has another default or none. */
  readonly stackDefault?: Value;
  /** The function does not start without it. */
  readonly required?: true;
  /**
   * A value other than the default: as cdk.json holds it, and as the environment does; and the settings of the context that it needs
   * with it. Tests pass them through.
   */
  readonly example: {
    readonly context?: unknown;
    readonly environment: string;
    readonly with?: Readonly<Record<string, unknown>>;
  };
}

/** A setting of the stacks, which the function never reads. Where it has no prop of its own, its key is the context's. */
export interface StackSetting<Value = unknown> extends Definition<Value> {
  readonly context: string;
  /** A value other than the default, and the settings that it needs with it. Tests pass them through. */
  readonly example: { readonly context: unknown; readonly with?: Readonly<Record<string, unknown>> };
}

/** What a definition's reader yields. */
export type ValueOf<D extends Definition> =
  D['value'] extends ContextKind<infer Value>
    ? D extends { readonly default: unknown } | { readonly required: true }
      ? Value
      : Value | undefined
    : never;

const inPlace = (text: string | Texts, place: keyof Texts): string =>
  typeof text === 'string' ? text : text[place];

/** What a person needs to know about a setting in one of its places. */
const infoOf = ({ value, description, allowed, secret }: Definition, place: keyof Texts) => ({
  description: inPlace(description, place),
  allowed: inPlace(allowed ?? value.allowed, place),
  ...(secret && { secret }),
});

/** The reader of a setting, which refuses pasted keys. */
const guarded = (reader: z.ZodMiniType, { secret, mayHoldIds }: Definition): z.ZodMiniType =>
  secret ? reader : withoutKeys(reader, mayHoldIds);

/** The field of the environment's schema. */
export function environmentField(definition: FunctionSetting): z.ZodMiniType {
  const { value, required } = definition;
  const reader = guarded(value.environment, definition);
  const optional =
    definition.default === undefined ? z.optional(reader) : z._default(reader, definition.default);
  return setting<z.ZodMiniType>(required ? reader : optional, infoOf(definition, 'environment'));
}

/** The field of the context's schema, in the unit of the context. */
export function contextField(definition: Definition & { stackDefault?: unknown }): z.ZodMiniType {
  const { value, stackDefault = definition.default } = definition;
  const reader = guarded(value.context, definition);
  const field =
    stackDefault === undefined
      ? z.optional(reader)
      : z.prefault(reader, value.unit ? Number(stackDefault) / secondsOf(value.unit) : stackDefault);
  return setting<z.ZodMiniType>(field, infoOf(definition, 'context'));
}

/** Keys of the definitions that the context has a key for. */
export type InContext<Definitions> = {
  [K in keyof Definitions]: Definitions[K] extends { readonly context: string } ? K : never;
}[keyof Definitions];

type NameInContext<D> = D extends { readonly context: infer Name extends string } ? Name : never;

type ContextValueOf<D> = D extends Definition
  ? D extends { readonly stackDefault: unknown }
    ? Exclude<ValueOf<D>, undefined>
    : ValueOf<D>
  : never;

/** The fields of a schema of the context, by the keys of the context. */
export type ContextShape<Definitions extends Record<string, Definition>> = {
  [K in InContext<Definitions> as NameInContext<Definitions[K]>]: z.ZodMiniType<
    ContextValueOf<Definitions[K]>
  >;
};

/** Derives the schema of the context from definitions. */
export const contextShape = <Definitions extends Record<string, Definition>>(
  definitions: Definitions,
): ContextShape<Definitions> =>
  Object.fromEntries(
    Object.values(definitions).flatMap((definition) =>
      definition.context === undefined ? [] : [[definition.context, contextField(definition)]],
    ),
  ) as ContextShape<Definitions>;
