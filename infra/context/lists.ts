import * as z from 'zod';
import { jsonValue } from '../../lambda/settings/readers.ts';

const isJsonList = (value: unknown) => typeof value === 'string' && value.trimStart().startsWith('[');

/** A JSON list given as text, as `-c` gives it, beside what a reader of lists takes: words separated by commas, or the list itself. */
export const orJsonList = <T extends z.ZodType>(list: T) =>
  z.preprocess((value) => (isJsonList(value) ? jsonValue(value) : value), list);
