import * as z from 'zod/mini';
import { ConfigError } from '../shared/errors.ts';
import { environmentField, type FunctionSetting, type ValueOf } from './definition.ts';
import { resourceSettings } from './function/resources.ts';
import { scheduleSettings } from './function/schedule.ts';
import { FUNCTION_RULES, functionSettings } from './function-settings.ts';
import { settingProblems } from './problems.ts';
import { withRules } from './rules.ts';

const definitions = { ...functionSettings, ...scheduleSettings, ...resourceSettings };
type Definitions = typeof definitions;

const entries = Object.entries<FunctionSetting>(definitions);

/**
 * The environment of the function, whose values have other names elsewhere.
 * @param nameOf what a setting is called where its text is given
 */
export const textsSchema = (nameOf: (key: keyof Definitions) => string) =>
  withRules(
    z.object(
      Object.fromEntries(
        entries.map(([key, each]) => [nameOf(key as keyof Definitions), environmentField(each)]),
      ),
    ),
    FUNCTION_RULES,
    {
      name: nameOf,
      values: (texts) =>
        Object.fromEntries(entries.map(([key]) => [key, texts[nameOf(key as keyof Definitions)]])),
    },
  );

/** The name of each setting's variable, by the key of its definition. */
export const variableOf = (key: keyof Definitions): string => definitions[key].environment;

/** The environment of the function: every variable, what it means and what it takes. */
export const environmentSchema = textsSchema(variableOf);

/** `SETTLE_SECONDS` as `settleSeconds`. */
type CamelCase<Name extends string> = Name extends `${infer Word}_${infer Rest}`
  ? `${Lowercase<Word>}${Capitalize<CamelCase<Rest>>}`
  : Lowercase<Name>;

const camelCase = (name: string): string =>
  name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** The values of an environment, by the words of its variables. */
export type EnvironmentValues = {
  [K in keyof Definitions as CamelCase<Definitions[K]['environment']>]: ValueOf<Definitions[K]>;
};

/**
 * Reads the environment of the function.
 * @param environment variables of the process; empty ones count as not set
 * @throws {ConfigError} naming every problem: variable, value (never a secret's), what is allowed
 */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): EnvironmentValues {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) throw new ConfigError(settingProblems(environmentSchema, parsed.error, given));
  return Object.fromEntries(
    entries.map(([, each]) => [camelCase(each.environment), parsed.data[each.environment]]),
  ) as EnvironmentValues;
}

/** Values to write, by the keys of the definitions; lengths of time in seconds. */
export type ValuesToWrite = { readonly [K in keyof Definitions]?: unknown };

/** Writes the environment that {@link readEnvironment} reads. What is not set is left out: the function knows the default. */
export const writeEnvironment = (values: ValuesToWrite): Record<string, string> =>
  Object.fromEntries(
    entries.flatMap(([key, { environment, value, stackDefault }]): [string, string][] => {
      const given = values[key as keyof Definitions] ?? stackDefault;
      const text = given === undefined ? '' : value.write(given);
      return text === '' ? [] : [[environment, text]];
    }),
  );
