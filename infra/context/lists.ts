import * as z from 'zod';

/** A JSON list given as text, as `-c` gives it, beside what a reader of lists takes: words separated by commas, or the list itself. */
export const orJsonList = <T extends z.ZodType>(list: T) =>
  z.preprocess((value, context) => {
    if (typeof value !== 'string' || !value.trimStart().startsWith('[')) return value;
    try {
      return JSON.parse(value);
    } catch {
      context.addIssue({ code: 'custom', message: 'is not valid JSON' });
      return z.NEVER;
    }
  }, list);
