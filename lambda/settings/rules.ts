import * as z from 'zod/mini';

/** A rule between settings. */
export interface Rule<Values> {
  /** The setting to blame. */
  readonly key: keyof Values & string;
  /** What is wrong; `name` gives what a setting is called where it was given. */
  readonly error: string | ((name: (key: keyof Values & string) => string) => string);
  /** The settings whose values it reckons with. Of any other it may only ask whether it was set. */
  readonly reads?: readonly (keyof Values & string)[];
  /** Not asked while one that it reads is wrong in itself: then there is no value to reckon with. */
  readonly isBroken: (values: Partial<Values>) => boolean;
}

/** How the fields of a schema relate to the settings that the rules are about. */
export interface Place<Values> {
  readonly name: (key: keyof Values & string) => string;
  readonly values: (fields: Readonly<Record<string, unknown>>) => Partial<Values>;
}

/** Adds rules to a schema. They are reported together with the problems of single settings, not after those were fixed. */
export const withRules = <T extends z.ZodMiniObject, Values>(
  schema: T,
  rules: readonly Rule<Values>[],
  { name, values }: Place<Values>,
): T =>
  schema.check(
    z.superRefine(
      (fields, { issues, addIssue }) => {
        const wrong = new Set(issues.map(({ path }) => path?.[0]));
        const given = values(fields);
        for (const { key, error, reads = [], isBroken } of rules) {
          if (reads.some((read) => wrong.has(name(read))) || !isBroken(given)) continue;
          addIssue({
            code: 'custom',
            path: [name(key)],
            message: typeof error === 'string' ? error : error(name),
          });
        }
      },
      { when: () => true },
    ),
  );
